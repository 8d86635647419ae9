/**
 * Data: what the server sent once, as bytes, about a comparison of twins. Here it is unpacked and looked up.
 * The format is written by `wire.py`: length of the header, header in JSON, arrays.
 */

const ARRAYS = { int16: Int16Array, int32: Int32Array, uint8: Uint8Array, float32: Float32Array, float64: Float64Array };
export const NOT_FINITE = -32768; // the code of a hidden state that is infinite or not a number

/**
 * @param {Uint8Array} bytes - as `wire.pack` wrote them
 * @returns {object} the header's fields, and `twins`, each with its arrays by name
 */
export function unpackData(bytes) {
  const message = bytes.slice().buffer; // memory of its own: typed arrays need offsets that are multiples of their size
  const length = new DataView(message).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)));
  if (header.format !== 1) throw new Error(`the data have format ${header.format}; this player reads format 1`);
  const twins = header.twins.map((twin, k) => {
    const arrays = {};
    for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
      const [letter, field] = name.split(".");
      if (letter !== "AB"[k]) continue;
      arrays[field] = new ARRAYS[dtype](message, offset, shape.reduce((product, n) => product * n, 1));
    }
    return { ...twin, ...arrays, letter: "AB"[k] };
  });
  return { ...header, twins, columns: header.words.length + 1, bytes: new Uint8Array(message) };
}

/** Index of the last snapshot that was taken after at most so many updates. */
export function snapshotAt(twin, update) {
  let low = 0;
  let high = twin.shown.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (twin.shown[middle] <= update) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The hidden state of a unit after t words at a snapshot; NaN where it was not finite. */
export function stateAt(data, twin, snapshot, t, unit) {
  const code = twin.h[(snapshot * data.columns + t) * data.units + unit];
  return code === NOT_FINITE ? NaN : code * twin.h_scale[snapshot];
}

/** ‖∂L/∂h_t‖ at a snapshot. */
export function gradientAt(data, twin, snapshot, t) {
  return twin.dh_norm[snapshot * data.columns + t];
}

/** P(were) after t words at a snapshot; of the minimal pair, if `field` is "p_pair". */
export function answerAt(data, twin, snapshot, t, field = "p") {
  return twin[field][snapshot * data.columns + t];
}

/**
 * What update `update` measured with the weights on screen, before it changed them.
 * @returns {?object} null after the last update of the run, where nothing was measured any more
 */
export function measuredAt(twin, update) {
  if (update >= twin.updates) return null;
  return {
    loss: twin.loss[update],
    accuracy: twin.accuracy[update],
    norm: twin.norm[update],
    normClipped: twin.norm_clipped[update],
    clipped: twin.clipped[update] === 1,
  };
}

/**
 * What became of the gradient on its way back to h_t.
 * @returns {"flows"|"lost"|"none"|"not finite"} lost: less than data.lost of what h_T gets; none: h_T itself gets none
 */
export function fateAt(data, twin, snapshot, t) {
  const here = gradientAt(data, twin, snapshot, t);
  const last = gradientAt(data, twin, snapshot, data.columns - 1);
  if (!Number.isFinite(here)) return "not finite";
  if (!Number.isFinite(last)) return here > 0 ? "flows" : "lost"; // a share of infinity is no number
  if (last === 0) return "none";
  return here < data.lost * last ? "lost" : "flows";
}

/** The unit of B that moves furthest after the last word, over the run. */
export function liveliest(data) {
  const twin = data.twins[1];
  let best = 0;
  let furthest = -1;
  for (let unit = 0; unit < data.units; unit++) {
    let low = Infinity;
    let high = -Infinity;
    for (let snapshot = 0; snapshot < twin.shown.length; snapshot++) {
      const h = stateAt(data, twin, snapshot, data.columns - 1, unit);
      if (h < low) low = h;
      if (h > high) high = h;
    }
    if (high - low > furthest) [best, furthest] = [unit, high - low];
  }
  return best;
}
