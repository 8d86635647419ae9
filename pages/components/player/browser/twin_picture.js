/** The picture of one twin at one update: its frame, drawn once, and the states, arrows and answers, drawn anew each time. */

import { drawArrows } from "./arrows.js";
import { TWINS, statePixel } from "./colours.js";
import { answerAt, NOT_FINITE, snapshotAt } from "./data.js";
import { columnAt, heightIn, SLANT } from "./layout.js";
import { labelOf } from "./speech.js";

/** What no update changes: title, words, axes. */
export function drawTwinFrame(context, data, twin, layout, theme) {
  const { size } = layout;
  context.font = `600 ${size + 1}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const mark = size * 0.85;
  context.fillStyle = TWINS[twin.letter];
  context.fillRect(layout.title.x + 2, layout.title.y + (layout.title.height - mark) / 2, mark, mark);
  context.fillStyle = theme.ink;
  const middle = layout.title.y + layout.title.height / 2;
  context.fillText(`${twin.name} (${twin.clip})`, layout.title.x + mark + 9, middle, layout.width - mark - 12);
  drawWords(context, data, layout, theme);
  drawSideways(context, data.pair ? "Δ hidden unit" : "hidden unit", layout.heat, theme, size);
  drawSideways(context, "∂L/∂h", layout.arrows, theme, size);
  drawSideways(context, "P(were)", layout.answers, theme, size);
  context.font = `400 ${size}px ${theme.font}`;
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  for (const [label, p] of [["was", 0], ["even", 0.5], ["were", 1]]) {
    const y = heightIn(layout.answers, p, 0, 1);
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = theme.ink;
    context.fillText(label, layout.answers.x - 5, y);
    context.setLineDash(p === 0.5 ? [4, 4] : []);
    line(context, layout.answers.x, y, layout.answers.x + layout.answers.width, y);
  }
  context.setLineDash([]);
}

function drawWords(context, data, layout, theme) {
  const { size } = layout;
  const strongOnes = [data.subject, data.columns];
  const every = Math.ceil((0.95 * size) / layout.words.column); // where columns are narrow, some words stand for all
  for (let t = 0; t <= data.columns; t++) {
    const label = t === data.columns ? `${data.asked}?` : labelOf(data, t);
    const strong = strongOnes.includes(t);
    if (!strong && (t % every || strongOnes.some((other) => other !== null && Math.abs(t - other) < every))) continue;
    context.save();
    context.font = `${strong ? 700 : 400} ${size}px ${theme.font}`;
    context.fillStyle = theme.ink;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.translate(columnAt(layout.words, t) + (layout.steep ? 0 : size * 0.3), layout.words.y + 4);
    context.rotate(layout.steep ? -Math.PI / 2 : -SLANT);
    context.fillText(label, 0, 0);
    context.restore();
  }
}

function drawSideways(context, label, panel, theme, size) {
  context.save();
  context.font = `400 ${size}px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.translate(size * 0.9, panel.y + panel.height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(label, 0, 0, panel.height);
  context.restore();
}

/** A small canvas, one pixel a state, that is stretched over the panel: kept, so that no frame allocates memory. */
export function statesCanvas(data) {
  const canvas = document.createElement("canvas");
  canvas.width = data.columns;
  canvas.height = data.units;
  const context = canvas.getContext("2d");
  const image = context.createImageData(data.columns, data.units);
  return { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
}

/** What an update changes. `looked`: the column and the unit that the visitor looks at, or null. */
export function drawTwin(context, data, twin, layout, theme, update, states, looked) {
  const snapshot = snapshotAt(twin, update);
  drawStates(context, data, twin, layout.heat, snapshot, states);
  drawArrows(context, data, twin, layout.arrows, theme, snapshot, layout.size);
  drawAnswers(context, data, twin, layout.answers, snapshot, theme);
  if (looked.word !== null) {
    for (const { x, y, column, height } of [layout.heat, layout.answers]) {
      drawBox(context, theme, x + looked.word * column, y, column, height);
    }
  }
  if (looked.unit !== null) {
    const height = layout.heat.height / data.units;
    const y = layout.heat.y + layout.heat.height - (looked.unit + 1) * height;
    drawBox(context, theme, layout.heat.x, y - 0.75, layout.heat.width, height + 1.5);
  }
}

/** Around what is looked at: ink on paper, as states have any colour. */
function drawBox(context, theme, x, y, width, height) {
  for (const [colour, thickness] of [[theme.paper, 4], [theme.ink, 1.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(x, y, width, height);
  }
}

function drawStates(context, data, twin, panel, snapshot, states) {
  const { columns, units, state_limit: limit } = data;
  const scale = twin.h_scale[snapshot];
  const first = snapshot * columns * units;
  for (let t = 0, k = first; t < columns; t++) {
    for (let unit = 0; unit < units; unit++, k++) {
      const code = twin.h[k];
      states.pixels[(units - 1 - unit) * columns + t] = statePixel(code === NOT_FINITE ? NaN : code * scale, limit);
    }
  }
  states.context.putImageData(states.image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(states.canvas, panel.x, panel.y, panel.width, panel.height);
}

function drawAnswers(context, data, twin, panel, snapshot, theme) {
  for (const field of twin.p_pair ? ["p_pair", "p"] : ["p"]) {
    context.strokeStyle = TWINS[twin.letter];
    context.fillStyle = field === "p" ? TWINS[twin.letter] : theme.paper;
    context.lineWidth = field === "p" ? 2 : 1.5;
    context.setLineDash(field === "p" ? [] : [3, 3]);
    context.beginPath();
    let begun = false;
    for (let t = 0; t < data.columns; t++) {
      const p = answerAt(data, twin, snapshot, t, field);
      if (!Number.isFinite(p)) {
        begun = false;
        continue;
      }
      if (begun) context.lineTo(columnAt(panel, t), heightIn(panel, p, 0, 1));
      else context.moveTo(columnAt(panel, t), heightIn(panel, p, 0, 1));
      begun = true;
    }
    context.stroke();
    context.setLineDash([]);
    const end = answerAt(data, twin, snapshot, data.columns - 1, field);
    if (!Number.isFinite(end)) continue;
    context.beginPath();
    context.arc(columnAt(panel, data.columns - 1), heightIn(panel, end, 0, 1), 6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
