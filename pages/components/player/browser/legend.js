/** What colours, widths and signs mean. */

import { gradientColour, NON_FINITE, stateColour, THRESHOLD, TWINS, BEFORE } from "./colours.js";
import { number, percent, raised } from "./speech.js";

/** The entries: each with a scale of colours, one colour or a sign, and its meaning. The page writes them, a picture draws them. */
export function legendOf(film) {
  const [low, high] = film.gradient_range;
  const limit = number(film.state_limit);
  const states = ["relu", "identity"].includes(film.activation) ? `at most −${limit} to at least ${limit}` : `−${limit} to ${limit}`;
  const entries = [
    { scale: Array.from({ length: 21 }, (_, k) => stateColour(k / 10 - 1)), text: `${film.pair ? "Δh: h minus that of the pair" : "hidden state h"}, ${states}` },
    { scale: Array.from({ length: 21 }, (_, k) => gradientColour(k / 20)), text: `arrows: ‖∂L/∂hₜ‖ that reaches the word, 10${raised(low)} to 10${raised(high)}; L: loss of answering “${film.asked}”` },
    { sign: "╱╱", text: `broken arrow: less than ${percent(film.lost)} of what the last word gets` },
    { colour: NON_FINITE, text: "star: not finite" },
  ];
  if (film.twins.some((twin) => twin.threshold !== null)) entries.push({ colour: THRESHOLD, text: "dashed: threshold" });
  entries.push({ colour: BEFORE, text: "norm of B before clipping" }, { colour: TWINS.A, text: "A" }, { colour: TWINS.B, text: "B; ticks: clipped updates" });
  entries.push({ sign: "◆", text: "the twins part" }, { sign: "▼", text: "falls into saturation" }, { sign: "▲", text: "largest norm" });
  return entries;
}

const GAP = 1.4; // between two entries, in letters' heights

/**
 * Write the entries in lines of at most this width; returns the height of all lines.
 * @param {boolean} draw - false: only measure
 */
export function drawLegend(context, film, theme, size, left, top, width, draw = true) {
  const line = size * 1.5;
  let x = left;
  let y = top;
  context.font = `400 ${size - 1}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { scale, colour, sign, text } of legendOf(film)) {
    const key = scale ? 5 * size : sign ? context.measureText(sign).width : size * 0.8;
    const needed = key + size * 0.4 + context.measureText(text).width;
    if (x > left && x + needed > left + width) {
      x = left;
      y += line;
    }
    if (draw) {
      const middle = y + line / 2;
      scale?.forEach((shade, k) => {
        context.fillStyle = shade;
        context.fillRect(x + (k * key) / scale.length, middle - size * 0.4, key / scale.length + 1, size * 0.8);
      });
      context.fillStyle = colour ?? theme.ink;
      if (colour) context.fillRect(x, middle - size * 0.4, key, size * 0.8);
      if (sign) context.fillText(sign, x, middle);
      context.fillStyle = theme.ink;
      context.fillText(text, x + key + size * 0.4, middle);
    }
    x += needed + GAP * size;
  }
  return y + line - top;
}
