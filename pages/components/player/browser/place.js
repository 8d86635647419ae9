/** The visitor's place in a run: the update, whether it plays, and how fast. Places are values; nothing here draws. */

export const SPEEDS = [1, 5, 20, 60, 200]; // updates a second
export const SPEED = 60; // of these, at first
const CALM_FRAMES = 2; // moments a second for visitors who asked their system for reduced motion

/** @returns {{update: number, playing: boolean, speed: number, since: number}} `since`: part of an update not yet shown */
export function firstPlace(data, update = data.updates) {
  return { update: within(data, update), playing: false, speed: SPEED, since: 0 };
}

/** The place in another run: the same update if it has one. Who looked at the end of the old one stays at the end. */
export function placeIn(data, place, before) {
  const atEnd = before !== null && place.update === before.updates && !place.playing;
  return { ...place, update: within(data, atEnd ? data.updates : place.update) };
}

export function at(data, place, update) {
  return { ...place, update: within(data, update), since: 0 };
}

/** Begin to play, from the start if the end is on screen; or pause. */
export function toggled(data, place) {
  const update = !place.playing && place.update === data.updates ? 0 : place.update;
  return { ...place, update, playing: !place.playing, since: 0 };
}

/**
 * The place so many seconds later; it pauses at the end.
 * @param {boolean} calm - reduced motion: few moments a second, each further on, at the same speed over all
 */
export function later(data, place, seconds, calm) {
  if (!place.playing) return place;
  const due = place.since + seconds * place.speed;
  const leap = calm ? Math.max(1, place.speed / CALM_FRAMES) : 1;
  const whole = Math.floor(due / leap) * leap;
  const update = within(data, Math.floor(place.update + whole));
  return { ...place, update, since: due - whole, playing: update < data.updates };
}

/** The next event after the place (direction 1) or the last one before it (-1); null if there is none. */
export function eventFrom(data, place, direction) {
  const others = data.events.filter((event) => (event.update - place.update) * direction > 0);
  if (others.length === 0) return null;
  return direction > 0 ? others[0] : others[others.length - 1];
}

/** The events of exactly this update. */
export function eventsAt(data, update) {
  return data.events.filter((event) => event.update === update);
}

/**
 * The update that a link asks for.
 * @returns {{update: ?number, complaint: string}} complaint: a sentence about a link that cannot be followed, or ""
 */
export function linkedUpdate(data, text) {
  if (text === null) return { update: null, complaint: "" };
  const asked = text.trim() === "" ? NaN : Number(text);
  if (Number.isInteger(asked) && asked >= 0 && asked <= data.updates) return { update: asked, complaint: "" };
  const shown = Number.isInteger(asked) && asked > data.updates ? data.updates : null;
  const allowed = `a whole number from 0 to ${data.updates.toLocaleString("en")}`;
  return { update: shown, complaint: `The update is “${text.slice(0, 40)}” in the link; allowed: ${allowed}. The end is shown.` };
}

function within(data, update) {
  return Math.min(Math.max(Math.round(update), 0), data.updates);
}
