import { html, raw } from 'hono/html';
import type { Fields, GoldenCase, Spoiling } from './cases.ts';

/** The page that one golden picture is a photograph of. */
export function drawCase({ kind, fields, spoiling }: GoldenCase) {
  return html`<!doctype html><html lang="fr"><head><meta charset="utf-8"><style>${raw(style)}
.sheet { transform: perspective(1600px) rotateY(${spoiling.sideDeg}deg) rotate(${spoiling.turnDeg}deg); filter: blur(${spoiling.blurPx}px) contrast(${1 - spoiling.fading}) brightness(${1 + spoiling.fading / 4}); }
.shadow { background: linear-gradient(100deg, rgb(0 0 0 / ${spoiling.shadow}), transparent 70%); }
</style></head><body class="${kind}">
<div class="sheet">${kind === 'plate' ? drawPlate(fields) : drawRegistration(fields)}</div>
<div class="shadow"></div>
<canvas width="1000" height="620"></canvas>
<script>${raw(grainScript(spoiling))}</script>
</body></html>`;
}

export const pictureSize = { registration: { width: 1000, height: 620 }, plate: { width: 640, height: 260 } } as const;

function drawPlate({ plate }: Fields) {
  return html`<div class="licence"><span class="band">F</span><b>${plate}</b><span class="band">75</span></div>`;
}

function drawRegistration({ plate, vin = '', firstRegistration = '', make = '', model = '' }: Fields) {
  const date = firstRegistration.split('-').reverse().join('/');
  const rows = [
    ['A', 'Numéro d’immatriculation', plate],
    ['B', 'Date de première immatriculation', date],
    ['D.1', 'Marque', make],
    ['D.3', 'Dénomination commerciale', model],
    ['E', 'Numéro d’identification du véhicule', vin],
    ['J.1', 'Genre national', 'VP'],
    ['P.3', 'Type de carburant', 'GO'],
    ['P.6', 'Puissance administrative', '5'],
  ] as const;
  return html`<div class="document"><header><h1>CERTIFICAT D’IMMATRICULATION</h1><p>RÉPUBLIQUE FRANÇAISE</p></header>
${rows.map(([code, label, value]) => html`<div class="row"><i>${code}</i><small>${label}</small><b>${value}</b></div>`)}</div>`;
}

/** Grain from a generator with a fixed seed, so that a picture drawn again is the same picture. */
function grainScript({ grain }: Spoiling): string {
  // A block, because all pictures are drawn in one window, where a name can be declared only once.
  return `{
    const context = document.querySelector('canvas').getContext('2d');
    const picture = context.createImageData(1000, 620);
    let state = 12345;
    for (let i = 0; i < picture.data.length; i += 4) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const shade = state & 0x10000000 ? 0 : 255;
      picture.data.set([shade, shade, shade, (state >>> 8 & 255) * ${grain}], i);
    }
    context.putImageData(picture, 0, 0);
  }`;
}

const style = `
* { box-sizing: border-box; margin: 0; }
body { position: relative; display: flow-root; overflow: hidden; background: #8d8a84; font-family: "Liberation Sans", Arial, sans-serif; color: #16181c; }
body.registration { width: 1000px; height: 620px; }
body.plate { width: 640px; height: 260px; background: #3c4148; }
.shadow, canvas { position: absolute; left: 0; top: 0; width: 1000px; height: 620px; }
.document { margin: 22px 40px; height: 576px; padding: 22px 34px; background: #eef0e6; border: 1px solid #9aa08a; }
.document header { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: 16px; border-bottom: 2px solid #62708a; padding-bottom: 8px; color: #33415c; }
.document h1 { font-size: 25px; } .document p { font-size: 16px; }
.row { display: grid; grid-template-columns: 70px 370px 1fr; align-items: baseline; padding: 9px 0; border-bottom: 1px solid #c9cdbb; }
.row i { font-style: normal; font-size: 21px; color: #33415c; } .row small { font-size: 18px; color: #5b6270; }
.row b { font-family: "Liberation Mono", monospace; font-size: 27px; font-weight: 700; }
.licence { margin: 70px 50px; height: 120px; display: flex; align-items: center; justify-content: space-between; background: #fbfbf8; border: 3px solid #111; border-radius: 8px; overflow: hidden; }
.licence b { font-family: "Liberation Sans Narrow", "Liberation Sans", sans-serif; font-size: 92px; letter-spacing: 3px; white-space: nowrap; }
.band { width: 48px; height: 100%; background: #143e9b; color: #fff; font-size: 22px; display: flex; align-items: flex-end; justify-content: center; padding-bottom: 10px; }`;
