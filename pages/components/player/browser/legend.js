/** What colours, widths and signs mean. */

import { BEFORE, gradientColour, NON_FINITE, stateColour, THRESHOLD, TWINS } from "./colours.js";
import { number, percent, raised } from "./speech.js";

const SIGNS = {
  part: "◆ the twins part",
  saturation_onset: "▼ falls into saturation",
  largest: "▲ largest norm",
  end: "■ stopped",
};

/**
 * The page writes the entries, a saved picture draws them.
 * @returns {Array<{scale?: string[], colour?: string, sign?: string, text: string}>} with a scale of colours, one colour or a sign
 */
export function legendOf(data) {
  const [low, high] = data.gradient_range;
  const limit = number(data.state_limit);
  const unbounded = ["relu", "identity"].includes(data.activation);
  const states = unbounded ? `at most −${limit} to at least ${limit}` : `−${limit} to ${limit}`;
  const shown = data.pair ? "Δh: h minus that of the pair" : "hidden state h";
  const fainter = data.twins.some((twin) => twin.dh_norm.some((norm) => norm < 10 ** low)) ? "at most " : "";
  const norms = `${fainter}10${raised(low)} to 10${raised(high)}`;
  const steps = Array.from({ length: 21 }, (_, k) => k / 20);
  const entries = [
    { scale: steps.map((share) => stateColour(2 * share - 1)), text: `${shown}, ${states}` },
    {
      scale: steps.map(gradientColour),
      text: `arrows: ‖∂L/∂hₜ‖ that reaches the word, ${norms}; L: loss of answering “${data.asked}”`,
    },
    { sign: "╱╱", text: `broken arrow: less than ${percent(data.lost)} of what the last word gets` },
    { colour: NON_FINITE, text: "star: not finite" },
  ];
  if (data.twins.some((twin) => twin.threshold !== null)) entries.push({ colour: THRESHOLD, text: "dashed: threshold" });
  entries.push(
    { colour: BEFORE, text: "norm of B before clipping" },
    { colour: TWINS.A, text: "A" },
    { colour: TWINS.B, text: "B; ticks: clipped updates" },
  );
  for (const [kind, sign] of Object.entries(SIGNS)) {
    if (data.events.some((event) => event.kind === kind)) entries.push({ sign: sign[0], text: sign.slice(2) });
  }
  entries.push({ sign: "A unit, B unit:", text: "one hidden unit, the last word on top" });
  return entries;
}

const GAP = 1.4; // between two entries, in letters' heights

/**
 * Write the entries in lines of at most this width; returns the height of all lines.
 * @param {boolean} draw - false: only measure
 */
export function drawLegend(context, data, theme, size, left, top, width, draw = true) {
  const line = size * 1.5;
  let x = left;
  let y = top;
  context.font = `400 ${size - 1}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { scale, colour, sign, text } of legendOf(data)) {
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
