/** The gradient's way back, from the verb to the start, as one arrow from word to word. */

import { gradientColour, NON_FINITE } from "./colours.js";
import { fateAt, gradientAt } from "./data.js";
import { columnAt } from "./layout.js";

const THINNEST = 2;

/** Where a gradient's norm stands on the data's fixed logarithmic scale, 0 to 1. */
function shareOf(data, gradient) {
  const [low, high] = data.gradient_range;
  if (!(gradient > 0)) return 0;
  return Math.min(Math.max((Math.log10(gradient) - low) / (high - low), 0), 1);
}

/** The arrow into column t shows what arrives at h_t: its width and colour are log ‖∂L/∂h_t‖. */
export function drawArrows(context, data, twin, panel, theme, snapshot, size) {
  const y = panel.y + panel.height / 2;
  const widest = panel.height * 0.55;
  context.save();
  context.lineJoin = "round";
  for (let t = data.columns - 1; t >= 0; t--) {
    const from = columnAt(panel, t + 1) - panel.column * 0.1;
    const to = columnAt(panel, t) + panel.column * 0.1;
    const share = shareOf(data, gradientAt(data, twin, snapshot, t));
    const width = THINNEST + share * (widest - THINNEST);
    const fate = fateAt(data, twin, snapshot, t);
    if (fate === "not finite") drawBurst(context, (from + to) / 2, y, Math.min(widest / 2, panel.column * 0.6));
    else if (fate === "flows") drawArrow(context, from, to, y, width, gradientColour(share), theme.ink);
    else drawBroken(context, from, to, y, fate === "none" ? theme.faint : gradientColour(share), theme.ink);
  }
  context.restore();
  drawSubject(context, data, panel, theme, size);
}

function drawArrow(context, from, to, y, width, colour, ink) {
  const head = Math.min((from - to) * 0.6, 5 + width * 0.5);
  const wing = width / 2 + 3;
  context.beginPath();
  context.moveTo(from, y - width / 2);
  context.lineTo(to + head, y - width / 2);
  context.lineTo(to + head, y - wing);
  context.lineTo(to, y);
  context.lineTo(to + head, y + wing);
  context.lineTo(to + head, y + width / 2);
  context.lineTo(from, y + width / 2);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = ink; // an outline: the ends of the scale are near the colours of paper, light or dark
  context.lineWidth = 0.75;
  context.stroke();
}

/** Two stumps with a gap: too little came this far. */
function drawBroken(context, from, to, y, colour, ink) {
  const gap = (from - to) * 0.18;
  const middle = (from + to) / 2;
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(middle + gap, y);
  context.moveTo(middle - gap, y);
  context.lineTo(to, y);
  context.strokeStyle = ink; // an edge, as around whole arrows
  context.lineWidth = THINNEST + 2;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = THINNEST + 0.5;
  context.stroke();
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.beginPath();
  for (const x of [middle - gap, middle + gap]) {
    context.moveTo(x - 2, y + 5);
    context.lineTo(x + 2, y - 5);
  }
  context.stroke();
}

/** A star: what arrives is infinite or not a number. */
function drawBurst(context, x, y, radius) {
  context.beginPath();
  for (let k = 0; k < 16; k++) {
    const r = k % 2 ? radius * 0.45 : radius;
    context.lineTo(x + r * Math.cos((k * Math.PI) / 8), y + r * Math.sin((k * Math.PI) / 8));
  }
  context.closePath();
  context.fillStyle = NON_FINITE;
  context.fill();
}

/** Where the answer is decided: the subject, under its column. */
function drawSubject(context, data, panel, theme, size) {
  if (data.subject === null) return;
  const x = columnAt(panel, data.subject);
  const y = panel.y + panel.height;
  context.fillStyle = theme.ink;
  context.beginPath();
  context.moveTo(x, y - 7);
  context.lineTo(x - 5, y);
  context.lineTo(x + 5, y);
  context.closePath();
  context.fill();
  context.font = `400 ${size - 2}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillText("subject", x, y + 1);
}
