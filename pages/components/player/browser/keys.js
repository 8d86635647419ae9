/** What keys ask for, wherever in the player the focus is. */

const MOVES = { " ": "play", home: "start", end: "end", n: "next", p: "previous", f: "full" };
const STEPS = { arrowleft: -1, arrowdown: -1, arrowright: 1, arrowup: 1 };
const PAGES = { pagedown: -1, pageup: 1 };
const STRIDE = 10; // updates that an arrow key goes with Shift
const PARTS = 20; // Page up and Page down go this part of the run

/**
 * @param {KeyboardEvent} event
 * @param {number} updates - of the whole run
 * @returns {?{move: string}|{by: number}} the name of a move, or so many updates; null for keys of others
 */
export function askedBy(event, updates) {
  const key = event.key.toLowerCase(); // letters, whatever Caps Lock says
  const others = event.target.matches("input, select") || (event.target.matches("button") && key === " ");
  if (others || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  if (Object.hasOwn(MOVES, key)) return { move: MOVES[key] };
  if (Object.hasOwn(STEPS, key)) return { by: STEPS[key] * (event.shiftKey ? STRIDE : 1) };
  if (Object.hasOwn(PAGES, key)) return { by: PAGES[key] * Math.ceil(updates / PARTS) };
  return null;
}
