/** Where everything stands: rectangles in CSS pixels from a width, pure arithmetic. Nothing here draws. */

const LEFT = 4.6; // room for the labels of the axes of a twin, in letters' heights
const RIGHT = 10;
export const STACKED_BELOW = 720; // narrower than this, B stands below A

/**
 * The picture of one twin: states over words over arrows over answers, in columns that all of them share.
 *
 * Column t is the time after t words, from the start (0) to the last word; the verb that is asked for has a column of its
 * own, in which there is no state.
 *
 * @param {number} heat - height of the states
 * @param {number} longest - pixels of the longest label along its own direction
 * @param {number} size - height of letters
 */
export function twinLayout(data, width, heat, longest, size) {
  const columns = data.columns + 1;
  const left = LEFT * size;
  const column = (width - left - RIGHT) / columns;
  const steep = column < 2.1 * size;
  const words = Math.ceil(longest * (steep ? 1 : Math.sin(SLANT))) + 10;
  const title = Math.round(size * 1.9);
  const arrows = Math.round(size * 4.4);
  const answers = Math.round(size * 5.5);
  const plot = { x: left, width: columns * column, column };
  const top = { title: 0, heat: title, words: title + heat + 4 };
  top.arrows = top.words + words;
  top.answers = top.arrows + arrows + Math.round(size * 1.6);
  return {
    size,
    steep,
    title: { x: 0, y: top.title, width, height: title },
    heat: { ...plot, y: top.heat, width: data.columns * column, height: heat },
    words: { ...plot, y: top.words, height: words },
    arrows: { ...plot, y: top.arrows, height: arrows },
    answers: { ...plot, y: top.answers, width: data.columns * column, height: answers },
    width,
    height: top.answers + answers + Math.round(size * 0.8),
  };
}

export const SLANT = Math.PI / 3; // of the words, where there is room to lean

// name, usual and least height, and the gap below; three labels need three lines
const LANES = [
  ["events", 2.6, 2.6, 0.6],
  ["loss", 5, 3.1, 0.6],
  ["accuracy", 4, 3.1, 0.6],
  ["norm", 6.5, 3.1, 0.8],
  ["unitA", 3, 1.8, 0.3],
  ["unitB", 3, 1.8, 0.3],
];

/**
 * Lanes over all updates: events, loss, accuracy, gradient norm, and the followed unit of both twins.
 * @param {number} share - of their usual height
 */
export function timelineLayout(width, size, share) {
  const left = (width < STACKED_BELOW ? 4.4 : 5.6) * size;
  const lanes = {};
  let y = 4;
  for (const [name, lines, least, gap] of LANES) {
    lanes[name] = { x: left, y, width: width - left - RIGHT, height: Math.round(Math.max(lines * share, least) * size) };
    y += lanes[name].height + Math.round(gap * size);
  }
  return { size, left, ...lanes, bottom: y, width, height: y + Math.round(2.6 * size) };
}

/** The middle of column t. */
export function columnAt(panel, t) {
  return panel.x + (t + 0.5) * panel.column;
}

/** The column under x; null outside the columns of the states. */
export function columnUnder(data, panel, x) {
  const t = Math.floor((x - panel.x) / panel.column);
  return t >= 0 && t < data.columns ? t : null;
}

/** The unit under y in the states, unit 0 at the bottom as in the charts of the page; null outside. */
export function unitUnder(data, panel, y) {
  const unit = Math.floor(((panel.y + panel.height - y) / panel.height) * data.units);
  return unit >= 0 && unit < data.units ? unit : null;
}

export function updateX(data, lane, update) {
  return lane.x + (data.updates === 0 ? 0 : update / data.updates) * lane.width;
}

export function updateUnder(data, lane, x) {
  const share = (x - lane.x) / lane.width;
  return Math.round(Math.min(Math.max(share, 0), 1) * data.updates);
}

/** A point between low and high as a height in a lane, high at the top; what lies beyond stands at the rim. */
export function heightIn(lane, value, low, high) {
  const share = (value - low) / (high - low);
  return lane.y + lane.height * (1 - Math.min(Math.max(share, 0), 1));
}
