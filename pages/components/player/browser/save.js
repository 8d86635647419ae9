/** To keep: a file for the visitor, the moment as a picture. */

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
 * Everything on one canvas: the twins, the timelines with the cursor, the line of text, the legend.
 * @param {Array<{canvas: HTMLCanvasElement, box: {x: number, y: number, width: number, height: number}}>} pictures
 */
export function composed(film, place, pictures, width, height, theme, size, density) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = `400 ${size}px ${theme.font}`;
  const lines = wrapped(context, `${film.words.join(" ")} … ${caption(film, place)}`, width - 2 * size);
  const inside = width - 2 * size;
  const legend = drawLegend(context, film, theme, size, 0, 0, inside, false);
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
  drawLegend(context, film, theme, size, size, below, inside);
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
