/** The player: holds the data and the place, listens to the visitor, and paints at most once a frame. */

import { fitted } from "./canvas.js";
import { themeOf } from "./colours.js";
import { liveliest, unpackData } from "./data.js";
import { askedBy } from "./keys.js";
import { STACKED_BELOW, columnUnder, timelineLayout, twinLayout, unitUnder, updateUnder, updateX } from "./layout.js";
import { buildPage } from "./page.js";
import { at, eventFrom, firstPlace, later, linkedUpdate, placeIn, toggled } from "./place.js";
import { download, pictureOf } from "./save.js";
import { caption, count, labelOf, readout, updates, wordOf } from "./speech.js";
import { drawTimelines, drawUnit } from "./timelines.js";
import { drawTwin, drawTwinFrame, statesCanvas } from "./twin_picture.js";

const LOWEST_HEAT = 130;
const HIGHEST_HEAT = 260;
const LETTERS = 13; // height of letters; on the whole screen they grow with it
const LARGEST_LETTERS = 22;
const HINT = "Point at a word or a unit to read its numbers; click or tap to keep them.";
const REST = 600; // milliseconds without a change, after which the text is read out: not sixty times a second
const FLAT = 0.62; // height of the timelines on the whole screen, where everything should be in sight

/**
 * Put a player into an element.
 *
 * @param {HTMLElement} parent
 * @param {object} surroundings
 * @param {() => ?string} surroundings.linked - the update that the page's address asks for, as text
 * @param {(update: number) => string} surroundings.link - put the update into the address; returns the address
 * @param {?((data: object, place: object) => string)} surroundings.offlinePage - makes the file that plays offline
 * @returns {{show: (bytes: Uint8Array) => void, destroy: () => ?string}} destroy: returns the update; null for the end
 */
export function mountPlayer(parent, surroundings) {
  const page = buildPage(parent, { saves: surroundings.offlinePage !== null });
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let data = null;
  let place = null;
  let looked = { word: null, unit: null };
  let pinned = { word: null, unit: null };
  let followed = null;
  let drawn = null; // layouts, theme and memory that only other data, another size or theme change
  let frame = 0;
  let lastTime = null;
  let resting = 0;

  function show(bytes) {
    const before = data;
    data = unpackData(bytes);
    if (before === null) {
      const { update, complaint } = linkedUpdate(data, surroundings.linked());
      place = firstPlace(data, update ?? data.updates);
      say(complaint);
    } else {
      place = placeIn(data, place, before);
    }
    const keeps = (index, end) => (index !== null && index < end ? index : null);
    pinned = { word: keeps(pinned.word, data.columns), unit: keeps(pinned.unit, data.units) };
    looked = { ...pinned };
    followed = keeps(followed, data.units) ?? liveliest(data);
    page.fill(data);
    arrange();
  }

  /** Lay everything out anew, and draw what does not change from frame to frame. */
  function arrange() {
    if (data === null || page.root.clientWidth === 0) return;
    const full = isFull();
    const width = page.width();
    const theme = themeOf(page.root);
    const fitting = Math.round(Math.min(width / 105, window.innerHeight / 72));
    const size = full ? Math.min(Math.max(fitting, LETTERS), LARGEST_LETTERS) : LETTERS;
    const stacked = width < STACKED_BELOW;
    page.arrange({ full, stacked, size });
    const half = stacked ? width : Math.floor((width - 16) / 2);
    const density = window.devicePixelRatio || 1;
    const ruler = page.twins[0].frame.getContext("2d");
    ruler.font = `700 ${size}px ${theme.font}`;
    const longest = Math.max(...Array.from({ length: data.columns }, (_, t) => ruler.measureText(labelOf(data, t)).width));
    const timelines = timelineLayout(width, size, full ? FLAT : 1);
    const context = fitted(page.timelines, timelines, density);
    const around = twinLayout(data, half, 0, longest, size).height;
    const free = full ? window.innerHeight - page.heightBeside() - around : data.units * 3;
    const heat = stacked ? LOWEST_HEAT : Math.round(Math.min(Math.max(free, LOWEST_HEAT), full ? Infinity : HIGHEST_HEAT));
    const twin = twinLayout(data, half, heat, longest, size);
    drawn = { theme, size, twin, timelines, density, stacked, states: statesCanvas(data), width, room: room() };
    data.twins.forEach((of, k) => {
      drawTwinFrame(fitted(page.twins[k].frame, twin, density), data, of, twin, theme);
      fitted(page.twins[k].moving, twin, density);
    });
    drawTimelines(context, data, timelines, theme);
    drawUnit(context, data, timelines, theme, followed);
    page.slider.style.left = `${timelines.loss.x}px`;
    page.slider.style.width = `${timelines.loss.width}px`;
    page.slider.style.height = `${timelines.bottom}px`;
    page.cursor.style.height = `${timelines.bottom}px`;
    ask();
  }

  function isFull() {
    return document.fullscreenElement !== null && page.root.getRootNode().fullscreenElement === page.root;
  }

  /** What the arrangement depends on. The root's height is no part of it: that changes with each line of text. */
  function room() {
    return [page.root.clientWidth, isFull() && window.innerHeight, window.devicePixelRatio].join();
  }

  function ask() {
    if (frame === 0) frame = requestAnimationFrame(paint);
  }

  function paint(time) {
    frame = 0;
    if (place.playing && lastTime !== null) place = later(data, place, (time - lastTime) / 1000, calm.matches);
    lastTime = place.playing ? time : null;
    data.twins.forEach((of, k) => {
      const context = page.twins[k].moving.getContext("2d");
      context.clearRect(0, 0, drawn.twin.width, drawn.twin.height);
      drawTwin(context, data, of, drawn.twin, drawn.theme, place.update, drawn.states, looked);
    });
    page.cursor.style.transform = `translateX(${updateX(data, drawn.timelines.loss, place.update) - drawn.timelines.loss.x}px)`;
    tell();
    if (place.playing) ask();
  }

  function tell() {
    page.tell({
      update: place.update,
      playing: place.playing,
      caption: caption(data, place),
      valueText: `after ${count(place.update)} of ${updates(data.updates)}`,
      readouts: looked.word === null ? [HINT, ""] : data.twins.map(readoutOf),
      looked,
      pinned,
      followed,
    });
  }

  function readoutOf(twin) {
    return `${twin.letter}, ${wordOf(data, looked.word)}: ${readout(data, twin, place.update, looked.word, looked.unit)}`;
  }

  function go(next) {
    place = next;
    lastTime = null;
    ask();
    readOut(() => caption(data, place));
  }

  /** Let a screen reader say it, once the visitor has come to rest. */
  function readOut(text) {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (!place.playing) page.spoken.textContent = text();
    }, REST);
  }

  function say(sentence) {
    page.said.textContent = sentence;
  }

  function look(next) {
    if (next.word === looked.word && next.unit === looked.unit) return;
    looked = next;
    if (looked.unit !== null && looked.unit !== followed) follow(looked.unit);
    ask();
    if (looked.word !== null) readOut(() => data.twins.map(readoutOf).join(" "));
  }

  function follow(unit) {
    followed = unit;
    drawUnit(page.timelines.getContext("2d"), data, drawn.timelines, drawn.theme, followed);
    ask();
  }

  function pin(next) {
    pinned = next;
    look({ ...pinned });
    ask(); // what is looked at may be what is kept now
  }

  function jump(direction) {
    const event = eventFrom(data, place, direction);
    if (event === null) say(direction > 0 ? "No event comes after this." : "No event comes before this.");
    else {
      say("");
      stopAt(event.update);
    }
  }

  /** Stop there. */
  function stopAt(update) {
    go(at(data, { ...place, playing: false }, update));
  }

  const moves = {
    back: () => stopAt(place.update - 1),
    forward: () => stopAt(place.update + 1),
    start: () => go(at(data, place, 0)),
    end: () => go(at(data, place, data.updates)),
    previous: () => jump(-1),
    next: () => jump(1),
    play: () => go(toggled(data, place)),
    async link() {
      const address = surroundings.link(place.update);
      let where = "in the address bar";
      try {
        await navigator.clipboard.writeText(address);
        where += " and on the clipboard";
      } catch {
        where += "; copy it from there"; // browsers refuse the clipboard to pages without a secure address
      }
      say(`The link to update ${count(place.update)} is ${where}.`);
    },
    picture() {
      const update = place.update;
      pictureOf(data, place, page, drawn).toBlob((blob) => download(blob, `update-${update}.png`), "image/png");
    },
    file() {
      const text = surroundings.offlinePage(data, place);
      download(new Blob([text], { type: "text/html" }), "training-run.html");
    },
    async full() {
      try {
        await (isFull() ? document.exitFullscreen() : page.root.requestFullscreen());
      } catch {
        say("This browser allows no full screen here."); // telephones do not even have the function
      }
    },
  };

  page.on({
    moves,
    keys(event) {
      const asked = askedBy(event, data.updates);
      if (asked === null) return;
      event.preventDefault();
      if (asked.move === undefined) stopAt(place.update + asked.by);
      else moves[asked.move]();
    },
    scrub: (x) => stopAt(updateUnder(data, { x: 0, width: drawn.timelines.loss.width }, x)),
    over(x, y) {
      look(under(x, y) ?? { ...pinned });
    },
    leave: () => look({ ...pinned }),
    tap(x, y) {
      const next = under(x, y);
      if (next !== null) pin(next.word === pinned.word && next.unit === pinned.unit ? { word: null, unit: null } : next);
    },
    word: (t) => look({ word: t, unit: pinned.unit }),
    pinWord: (t) => pin({ word: t === pinned.word ? null : t, unit: pinned.unit }),
    unit(unit) {
      if (Number.isInteger(unit) && unit >= 0 && unit < data.units) {
        say("");
        pinned = { ...pinned, unit };
        looked = { ...looked, unit };
        follow(unit);
      } else say(`The unit must be a whole number from 0 to ${data.units - 1}.`);
    },
    speed: (speed) => go({ ...place, speed }),
    update: stopAt,
  });

  /** The word, and over the states the unit, at a point of a twin's picture. */
  function under(x, y) {
    const { heat, answers } = drawn.twin;
    const word = columnUnder(data, heat, x);
    if (word === null || y < heat.y || y > answers.y + answers.height) return null;
    return { word, unit: y <= heat.y + heat.height ? unitUnder(data, heat, y) : pinned.unit };
  }

  const sizes = new ResizeObserver(() => room() !== drawn?.room && arrange());
  sizes.observe(page.root);
  dark.addEventListener("change", arrange);
  if (document.fonts.status !== "loaded") document.fonts.ready.then(arrange); // other widths of words

  return {
    show,
    destroy() {
      sizes.disconnect();
      dark.removeEventListener("change", arrange);
      cancelAnimationFrame(frame);
      clearTimeout(resting);
      page.root.remove();
      return place === null || place.update === data.updates ? null : String(place.update);
    },
  };
}
