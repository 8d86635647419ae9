/** Colours: scales safe for colour-blind readers, the same as in the charts of the page, and the theme's own. */

// ColorBrewer's RdBu, from negative (blue) over zero (near white) to positive (red); and Viridis, from small to large
const HIDDEN = ["#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"];
const GRADIENT = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];

export const TWINS = { A: "#D55E00", B: "#1478BE" };
export const BEFORE = "#7CC4F2"; // B before clipping
export const THRESHOLD = "#CC79A7";
export const NON_FINITE = "#E6007E";

/** (n) colours along a scale, as 32-bit pixels for ImageData and as CSS. */
function sampled(stops, n) {
  const rgb = stops.map((stop) => [1, 3, 5].map((i) => parseInt(stop.slice(i, i + 2), 16)));
  const pixels = new Uint32Array(n);
  const css = [];
  for (let i = 0; i < n; i++) {
    const at = (i / (n - 1)) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    const [r, g, b] = rgb[k].map((from, c) => Math.round(from + (at - k) * (rgb[k + 1][c] - from)));
    pixels[i] = (255 << 24) | (b << 16) | (g << 8) | r; // bytes of a pixel stand in memory as R, G, B, A
    css.push(`rgb(${r},${g},${b})`);
  }
  return { pixels, css };
}

const STATES = sampled(HIDDEN, 511);
const SLOPES = sampled(GRADIENT, 256);
const NON_FINITE_PIXEL = (255 << 24) | (0x7e << 16) | (0x00 << 8) | 0xe6;

/** The pixel of a hidden state between -limit and limit; a colour outside the scale if it is not a number. */
export function statePixel(value, limit) {
  if (value !== value) return NON_FINITE_PIXEL;
  const at = Math.round(255 + (255 * value) / limit);
  return STATES.pixels[at < 0 ? 0 : at > 510 ? 510 : at];
}

export function stateColour(share) {
  return STATES.css[Math.round(255 + 255 * Math.min(Math.max(share, -1), 1))];
}

/** The colour at a share, 0 to 1, of the scale of gradients. */
export function gradientColour(share) {
  return SLOPES.css[Math.round(255 * Math.min(Math.max(share, 0), 1))];
}

/** What the page's theme says: ink, paper, lines, and the font. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  return { ink: style.color, paper: style.backgroundColor, faint: style.getPropertyValue("--faint").trim(), font: style.fontFamily };
}
