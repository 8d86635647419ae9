/** To keep: a file for the visitor, the moment as a picture. */

import { fitted } from "./canvas.js";
import { updateX } from "./layout.js";
import { drawLegend } from "./legend.js";
import { caption } from "./speech.js";

/** Offer a file to the visitor. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // the browser may still be reading
}

/**
 * The moment on screen as one canvas.
 * @param {object} page - as `buildPage` made it; its canvases are copied
 * @param {object} drawn - the layouts, theme and size that they were drawn with
 */
export function pictureOf(data, place, page, drawn) {
  const { twin, timelines, stacked, width, theme, size } = drawn;
  const box = (x, y, { width, height }) => ({ x, y, width, height });
  const second = stacked ? box(0, twin.height, twin) : box(width - twin.width, 0, twin);
  const below = box(0, stacked ? 2 * twin.height : twin.height, timelines);
  const cursor = document.createElement("canvas");
  const context = fitted(cursor, timelines, 2);
  context.fillStyle = theme.ink;
  context.fillRect(updateX(data, timelines.loss, place.update) - 1, timelines.events.y, 2, timelines.bottom);
  const [a, b] = page.twins;
  const pictures = [
    { canvas: a.frame, box: box(0, 0, twin) },
    { canvas: a.moving, box: box(0, 0, twin) },
    { canvas: b.frame, box: second },
    { canvas: b.moving, box: second },
    { canvas: page.timelines, box: below },
    { canvas: cursor, box: below },
  ];
  return composed(data, place, pictures, width, below.y + timelines.height, theme, size, Math.max(2, drawn.density));
}

/**
 * Everything on one canvas: the twins, the timelines with the cursor, the line of text, the legend.
 * @param {Array<{canvas: HTMLCanvasElement, box: {x: number, y: number, width: number, height: number}}>} pictures
 */
function composed(data, place, pictures, width, height, theme, size, density) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = `400 ${size}px ${theme.font}`;
  const lines = wrapped(context, `${data.words.join(" ")} … ${caption(data, place)}`, width - 2 * size);
  const inside = width - 2 * size;
  const legend = drawLegend(context, data, theme, size, 0, 0, inside, false);
  const below = height + (lines.length + 1) * size * 1.5;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round((below + legend + size) * density);
  context.scale(density, density);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const { canvas: picture, box } of pictures) context.drawImage(picture, box.x, box.y, box.width, box.height);
  context.font = `400 ${size}px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textBaseline = "top";
  lines.forEach((line, k) => context.fillText(line, size, height + (k + 0.5) * size * 1.5));
  drawLegend(context, data, theme, size, size, below, inside);
  return canvas;
}

function wrapped(context, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
