/** The picture at the top of the home page: a car on a country road at sunset. */
export function drawHero(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="760" viewBox="0 0 1600 760">
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#0b2545"/><stop offset=".45" stop-color="#3d4f86"/><stop offset=".72" stop-color="#e98a5b"/><stop offset="1" stop-color="#ffd08a"/></linearGradient>
<linearGradient id="road" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#4b4f5d"/><stop offset="1" stop-color="#23262f"/></linearGradient>
<linearGradient id="body" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ff9a4d"/><stop offset=".5" stop-color="#ff7a1a"/><stop offset="1" stop-color="#b84500"/></linearGradient>
<linearGradient id="glass" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#dbe8f7"/><stop offset="1" stop-color="#46618d"/></linearGradient>
<radialGradient id="sun"><stop offset="0" stop-color="#fff3d6"/><stop offset=".3" stop-color="#ffd99a" stop-opacity=".9"/><stop offset="1" stop-color="#ffb066" stop-opacity="0"/></radialGradient>
<radialGradient id="lamp"><stop offset="0" stop-color="#fff6dc"/><stop offset="1" stop-color="#ffe2a6" stop-opacity="0"/></radialGradient>
<filter id="grain"><feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="2" seed="7"/><feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  0 0 0 .09 0"/></filter>
</defs>
<rect width="1600" height="560" fill="url(#sky)"/>
<circle cx="1130" cy="470" r="300" fill="url(#sun)"/>
<path d="M0 430c160-70 300-60 470-10s300 40 470-30 400-60 660 10v200H0z" fill="#3a3f6b" opacity=".85"/>
<path d="M0 480c200-50 380-30 560 0s420 20 560-20 300-30 480 0v140H0z" fill="#27355a"/>
<path d="M0 530c260-30 520 20 800 10s540-40 800-10v120H0z" fill="#1d3a3b"/>
${trees()}
<path d="M0 590h1600v170H0z" fill="url(#road)"/><path d="M0 590h1600v8H0z" fill="#7a7d86" opacity=".6"/>
<path d="M40 690h180M340 690h180M640 690h180M940 690h180M1240 690h180M1540 690h60" stroke="#f4e3c0" stroke-width="9" opacity=".75"/>
<ellipse cx="1120" cy="668" rx="330" ry="22" fill="#0a0d14" opacity=".55"/>
<path d="M810 640c-8-60 14-92 84-104l96-16c50-56 100-76 190-76 84 0 132 26 178 82l54 14c30 10 44 34 40 100z" fill="url(#body)"/>
<path d="M1012 520c38-38 76-54 146-56v60zM1176 464c68 2 104 20 142 62l-142-2z" fill="url(#glass)"/>
<path d="M1166 464v168M830 584h600" stroke="#7a2d00" stroke-width="4" opacity=".55"/>
<path d="M1190 548h34" stroke="#6b2800" stroke-width="7" stroke-linecap="round"/>
<path d="M812 578l46-12c4 16-8 30-44 30z" fill="#fff1cf"/><path d="M1444 566l8 32-34-6z" fill="#c21f14"/>
<ellipse cx="720" cy="588" rx="170" ry="46" fill="url(#lamp)" opacity=".7"/>
${wheel(940, 640)}${wheel(1324, 640)}
<rect width="1600" height="760" filter="url(#grain)"/>
</svg>`;
}

function wheel(x: number, y: number): string {
  const spokes = Array.from(
    { length: 7 },
    (_, index) =>
      `<path d="M${x} ${y}v-34" stroke="#cfd6df" stroke-width="10" transform="rotate(${index * 51.4} ${x} ${y})"/>`,
  );
  return `<circle cx="${x}" cy="${y}" r="60" fill="#14171d"/><circle cx="${x}" cy="${y}" r="40" fill="#5b6472"/>${spokes.join('')}<circle cx="${x}" cy="${y}" r="11" fill="#e8edf3"/>`;
}

function trees(): string {
  const places = [60, 130, 230, 300, 420, 505, 590, 700, 1450, 1520, 1585];
  return places
    .map(
      (x, index) =>
        `<path d="M${x} ${592}l${-24 - (index % 3) * 6} 0 ${24 + (index % 3) * 6} ${-96 - (index % 4) * 26} ${24 + (index % 3) * 6} ${96 + (index % 4) * 26}z" fill="#12292d"/>`,
    )
    .join('');
}
