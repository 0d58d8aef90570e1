/** The fault `layoutShift`: a late banner pushes the page down, with no click that would excuse it. */
const shiftAfterMs = 400;

requestAnimationFrame(() => {
  setTimeout(() => {
    const banner = document.createElement('p');
    banner.className = 'late-banner';
    banner.textContent = 'Offre du jour : livraison gratuite dès 49 € d’achat !';
    document.querySelector('main')?.prepend(banner);
  }, shiftAfterMs);
});

export {};
