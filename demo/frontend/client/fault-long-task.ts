/** The fault `longTaskOnClick`: each click keeps the main thread busy, so that the next paint comes late. */
const busyMs = Number(document.querySelector<HTMLMetaElement>('meta[name="fault-long-task-ms"]')?.content ?? 0);

function block(): void {
  const end = performance.now() + busyMs;
  while (performance.now() < end) {
    // Busy on purpose.
  }
}

document.addEventListener('click', block, { capture: true });

export {};
