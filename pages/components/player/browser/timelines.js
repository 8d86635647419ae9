/** Loss, accuracy and gradient norm of both twins over all updates, events on top, and the followed unit below. */

import { BEFORE, NON_FINITE, statePixel, THRESHOLD, TWINS } from "./colours.js";
import { stateAt } from "./data.js";
import { heightIn, updateUnder, updateX } from "./layout.js";
import { count, number } from "./speech.js";

const MOST_DECADES = 12; // that the lane of norms spans; fainter ones stand at its rim

/**
 * Lowest and highest of what the lanes show, the same for both twins and for the whole run; of norms, their log10.
 * @returns {{loss: number[], accuracy: number[], norm: number[], faint: boolean}} faint: a norm lies below its lane
 */
function timelineRanges(data) {
  const norms = data.twins.flatMap((twin) => [extent(twin.norm, true), extent(twin.norm_clipped, true)]);
  const lowest = Math.min(...norms.map(([low]) => low));
  const highest = Math.max(...norms.map(([, high]) => high), ...data.twins.map((twin) => twin.threshold ?? 0));
  const high = Number.isFinite(highest) && highest > 0 ? Math.log10(highest) : 0;
  const thresholds = data.twins.flatMap(({ threshold }) => (threshold === null ? [] : [Math.log10(threshold)]));
  const low = Math.min(Number.isFinite(lowest) ? Math.max(Math.log10(lowest), high - MOST_DECADES) : high - 1, ...thresholds);
  const loss = Math.max(...data.twins.map((twin) => extent(twin.loss, false)[1]));
  const norm = high - low < 0.5 ? [low - 0.25, high + 0.25] : [low, high];
  return { loss: [0, loss > 0 ? loss : 1], accuracy: [0, 1], norm, faint: Math.log10(lowest) < norm[0] - 0.01 };
}

/** Lowest and highest finite value, above zero alone where a logarithm will be drawn; not by spreading: runs are long. */
function extent(values, positive) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (positive && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** All that stays the same while the cursor moves. */
export function drawTimelines(context, data, layout, theme) {
  const ranges = timelineRanges(data);
  context.textBaseline = "middle";
  context.font = `400 ${layout.size}px ${theme.font}`;
  drawEvents(context, data, layout.events, theme, layout.size);
  for (const name of ["loss", "accuracy", "norm"]) {
    const lane = layout[name];
    const [low, high] = ranges[name];
    drawFrame(context, lane, theme);
    const ends = name === "norm" ? [10 ** low, 10 ** high] : [low, high];
    const [bottom, top] = ends.map(number);
    drawLabels(context, lane, theme, layout.size, name, [name === "norm" && ranges.faint ? `≤ ${bottom}` : bottom, top]);
    const height = (value) => heightIn(lane, name === "norm" ? Math.log10(value) : value, low, high);
    const [a, b] = data.twins;
    const curves = name === "norm"
      ? [[a.norm, TWINS.A, 3], [b.norm, BEFORE, 2], [b.norm_clipped, TWINS.B, 1.2]]
      : [[a[name], TWINS.A, 3], [b[name], TWINS.B, 1.5]];
    for (const [values, colour, width] of curves) drawCurve(context, data, lane, values, height, colour, width, name === "norm");
    if (name === "norm") drawThreshold(context, data, lane, height);
  }
  drawUpdates(context, data, layout, theme);
}

function drawFrame(context, lane, theme) {
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  context.strokeRect(lane.x + 0.5, lane.y + 0.5, lane.width - 1, lane.height - 1);
}

function drawLabels(context, lane, theme, size, label, [low, high]) {
  context.fillStyle = theme.ink;
  context.textAlign = "right";
  context.fillText(label, lane.x - 5, lane.y + lane.height / 2, lane.x - 8);
  context.font = `400 ${size - 3}px ${theme.font}`;
  context.fillText(high, lane.x - 5, lane.y + size * 0.5, lane.x - 8);
  context.fillText(low, lane.x - 5, lane.y + lane.height - size * 0.5, lane.x - 8);
  context.font = `400 ${size}px ${theme.font}`;
}

/** A line through all values; where more updates than pixels are, from the lowest to the highest of each pixel. */
function drawCurve(context, data, lane, values, height, colour, width, positive) {
  const shown = (value) => Number.isFinite(value) && (!positive || value > 0);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "bevel"; // the tip of a mitre would stand far outside of the lane
  context.beginPath();
  let pixel = -1;
  let low = 0;
  let high = 0;
  let pen = false;
  for (let update = 0; update < values.length; update++) {
    const value = values[update];
    const x = updateX(data, lane, update);
    if (!shown(value)) {
      pen = false;
      pixel = -1;
      context.moveTo(x, lane.y);
      continue;
    }
    if (Math.floor(x) === pixel) {
      if (value < low) context.lineTo(x, height((low = value)));
      if (value > high) context.lineTo(x, height((high = value)));
      continue;
    }
    pixel = Math.floor(x);
    low = high = value;
    if (pen) context.lineTo(x, height(value));
    else context.moveTo(x, height(value));
    pen = true;
  }
  context.stroke();
  context.fillStyle = NON_FINITE;
  values.forEach((value, update) => {
    if (!Number.isFinite(value)) context.fillRect(updateX(data, lane, update) - 1, lane.y, 3, 8);
  });
}

function drawThreshold(context, data, lane, height) {
  for (const { threshold } of data.twins) {
    if (threshold === null) continue;
    context.strokeStyle = THRESHOLD;
    context.lineWidth = 2;
    context.setLineDash([7, 4]);
    context.beginPath();
    context.moveTo(lane.x, height(threshold));
    context.lineTo(lane.x + lane.width, height(threshold));
    context.stroke();
    context.setLineDash([]);
  }
}

/** A row for each twin: clipped updates as ticks, other events as signs; where the twins part, a line through both. */
function drawEvents(context, data, lane, theme, size) {
  const row = lane.height / 2;
  data.twins.forEach((twin, k) => {
    const middle = lane.y + row * (k + 0.5);
    context.fillStyle = theme.ink;
    context.textAlign = "right";
    context.fillText(twin.letter, lane.x - 0.8 * size, middle);
    context.fillStyle = TWINS[twin.letter];
    const width = Math.max(1, lane.width / Math.max(1, data.updates));
    twin.clipped.forEach((clipped, update) => {
      if (clipped) context.fillRect(updateX(data, lane, update), middle - row * 0.3, width, row * 0.6);
    });
    context.fillStyle = theme.faint;
    const end = updateX(data, lane, twin.updates);
    context.fillRect(end, middle - 1, lane.x + lane.width - end, 2);
  });
  for (const event of data.events) {
    if (event.kind === "clip") continue;
    const x = updateX(data, lane, event.update);
    for (const letter of event.twins) drawSign(context, event.kind, x, lane.y + row * ("AB".indexOf(letter) + 0.5), row * 0.42, theme);
    if (event.kind !== "part") continue;
    context.strokeStyle = theme.ink;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, lane.y);
    context.lineTo(x, lane.y + lane.height);
    context.stroke();
  }
}

const CORNERS = {
  part: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  saturation_onset: [[-1, -0.8], [1, -0.8], [0, 1]],
  largest: [[-1, 0.8], [1, 0.8], [0, -1]],
  diverged: Array.from({ length: 16 }, (_, k) => [Math.cos, Math.sin].map((of) => of((k * Math.PI) / 8) * (k % 2 ? 0.5 : 1.2))),
  end: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
};

/** The sign of a kind of event, of about this radius. */
function drawSign(context, kind, x, y, r, theme) {
  context.beginPath();
  for (const [dx, dy] of CORNERS[kind]) context.lineTo(x + dx * r, y + dy * r);
  context.closePath();
  context.fillStyle = kind === "diverged" ? NON_FINITE : theme.ink;
  context.fill();
  context.strokeStyle = theme.paper;
  context.lineWidth = 1;
  context.stroke();
}

function drawUpdates(context, data, layout, theme) {
  const { size } = layout;
  const lane = layout.loss;
  const y = layout.bottom + size * 0.6;
  context.fillStyle = theme.ink;
  context.textAlign = "center";
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const update = Math.round(share * data.updates);
    const rightmost = layout.width - 4 - context.measureText(count(update)).width / 2;
    context.fillText(count(update), Math.min(updateX(data, lane, update), rightmost), y);
  }
  context.fillText("updates", lane.x + lane.width / 2, y + size * 1.25);
}

/** One unit over all words (from the start at the bottom to the last word on top) and all updates, in both twins. */
export function drawUnit(context, data, layout, theme, unit) {
  data.twins.forEach((twin) => {
    const lane = layout[`unit${twin.letter}`];
    const width = Math.max(1, Math.round(lane.width));
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = data.columns;
    const small = canvas.getContext("2d");
    const image = small.createImageData(width, data.columns);
    const pixels = new Uint32Array(image.data.buffer);
    let snapshot = 0;
    for (let x = 0; x < width; x++) {
      const update = updateUnder(data, { x: 0, width }, x);
      if (update > twin.updates) break; // the run ended before
      while (snapshot + 1 < twin.shown.length && twin.shown[snapshot + 1] <= update) snapshot++;
      for (let t = 0; t < data.columns; t++) {
        pixels[(data.columns - 1 - t) * width + x] = statePixel(stateAt(data, twin, snapshot, t, unit), data.state_limit);
      }
    }
    small.putImageData(image, 0, 0);
    context.clearRect(0, lane.y, lane.x + lane.width, lane.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, lane.x, lane.y, lane.width, lane.height);
    drawFrame(context, lane, theme);
    context.font = `400 ${layout.size}px ${theme.font}`;
    context.fillStyle = theme.ink;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(`${twin.letter} unit ${unit}`, lane.x - 5, lane.y + lane.height / 2, lane.x - 8);
  });
}
