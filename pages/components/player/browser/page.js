/** The player's elements: built once, filled with words of a film, and listened to. Text is only ever set as text. */

import { SPEEDS } from "./place.js";
import { legendOf } from "./legend.js";
import { count, eventName, labelOf } from "./speech.js";

const BUTTONS = [
  ["start", "Start", "To the start (Home)"],
  ["previous", "◂ Event", "To the event before (P)"],
  ["back", "−1", "One update back (←)"],
  ["play", "▶\uFE0E Play", "Play (space)"],
  ["forward", "+1", "One update on (→)"],
  ["next", "Event ▸", "To the next event (N)"],
  ["end", "End", "To the end (End)"],
];
const KEEPS = [
  ["link", "Link to this moment", "Put the update into the address, and copy the address"],
  ["picture", "Save picture", "Save this moment as a PNG"],
  ["file", "Save player", "Save the whole run as one file that plays offline"],
  ["full", "Full screen", "Full screen, for a projector (F)"],
];

function element(tag, properties = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** @param {{saves: boolean}} options - whether a file that plays offline can be made here */
export function buildPage(parent, { saves }) {
  const button = ([name, text, title]) => element("button", { type: "button", title, "aria-label": title.replace(/ \(.*\)$/, ""), "data-move": name, textContent: text });
  const moveButtons = BUTTONS.map(button);
  const keepButtons = KEEPS.filter(([name]) => saves || name !== "file").map(button);
  const play = moveButtons.find((made) => made.dataset.move === "play");
  const words = element("div", { className: "sentence", role: "toolbar", "aria-label": "Words of the sentence; arrow keys go from word to word" });
  const twins = ["A", "B"].map((letter) => {
    const frame = element("canvas", { "aria-hidden": "true" });
    const moving = element("canvas", { className: "moving", role: "img", "aria-label": `Twin ${letter}: hidden states, gradient and answers, word by word` });
    return { letter, frame, moving, box: element("div", { className: "twin" }, [frame, moving]) };
  });
  const readouts = twins.map(({ letter }) => element("p", { className: `numbers ${letter}` }));
  const speed = element("select", { "aria-label": "Speed" }, SPEEDS.map((n) => element("option", { value: String(n), textContent: `${n} update${n > 1 ? "s" : ""} a second`, selected: n === 60 })));
  const events = element("select", { "aria-label": "Go to an event" });
  const unit = element("input", { type: "number", min: "0", inputMode: "numeric", "aria-label": "Unit to follow" });
  const thumb = element("input", { type: "range", className: "thumb", min: "0", step: "1", "aria-label": "Scrub" });
  const timelines = element("canvas", { role: "img", "aria-label": "Loss, accuracy and gradient norm of both twins over the updates, their events, and the followed unit" });
  const cursor = element("div", { className: "cursor" });
  const slider = element("div", { className: "slider", role: "slider", tabIndex: 0, "aria-label": "Update", "aria-valuemin": "0" }, [cursor]);
  const legend = element("ul", { className: "legend", "aria-label": "Legend" });
  const text = element("p", { className: "caption", role: "status" });
  const said = element("p", { className: "said", role: "status" });
  const root = element("div", { className: "player", role: "group", "aria-label": "Player of a training run" }, [
    words,
    element("div", { className: "twins" }, twins.map(({ box }) => box)),
    element("div", { className: "readouts" }, readouts),
    element("div", { className: "controls" }, [
      element("div", { className: "dock" }, [element("div", { className: "moves", role: "group", "aria-label": "Move in time" }, moveButtons), thumb]),
      element("label", { className: "field" }, ["Speed", speed]),
      element("label", { className: "field" }, ["Event", events]),
      element("label", { className: "field" }, ["Unit", unit]),
      element("div", { className: "keeps", role: "group", "aria-label": "Keep and show" }, keepButtons),
    ]),
    element("div", { className: "timelines" }, [timelines, slider]),
    text,
    said,
    legend,
  ]);
  parent.append(root);

  function fill(film) {
    const chips = Array.from({ length: film.columns }, (_, t) => {
      const word = labelOf(film, t);
      return element("button", {
        type: "button",
        textContent: word,
        className: t === film.subject ? "subject" : "",
        tabIndex: t === 0 ? 0 : -1,
        "data-word": String(t),
        "aria-label": t === 0 ? "The start" : `Word ${t}: ${word}`,
        "aria-pressed": "false",
      });
    });
    words.replaceChildren(...chips, element("span", { className: "asked", textContent: `${film.asked}?` }));
    events.replaceChildren(element("option", { value: "", textContent: `${count(film.events.length)} event${film.events.length === 1 ? "" : "s"}` }), ...film.events.map((event) => element("option", { value: String(event.update), textContent: eventName(event) })));
    unit.max = String(film.units - 1);
    slider.setAttribute("aria-valuemax", String(film.updates));
    thumb.max = String(film.updates);
    legend.replaceChildren(...legendOf(film).map(({ scale, colour, sign, text: meaning }) => {
      const key = element("span", { className: scale ? "scale" : colour ? "swatch" : "sign", "aria-hidden": "true", textContent: sign ?? "" });
      if (scale) key.style.background = `linear-gradient(to right, ${scale.join(", ")})`;
      if (colour) key.style.background = colour;
      return element("li", {}, [key, meaning]);
    }));
  }

  function set(node, content) {
    if (node.textContent !== content) node.textContent = content;
  }

  /** Bring all words up to the moment. */
  function tell({ update, playing, text: line, valueText, readouts: numbers, word, looked, followed }) {
    root.dataset.update = String(update);
    set(text, line);
    text.setAttribute("aria-live", playing ? "off" : "polite"); // nobody can listen to sixty lines a second
    slider.setAttribute("aria-valuenow", String(update));
    thumb.value = String(update);
    slider.setAttribute("aria-valuetext", valueText);
    set(play, playing ? "⏸\uFE0E Pause" : "▶\uFE0E Play");
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    readouts.forEach((node, k) => set(node, numbers[k] === "" ? (k === 0 ? "Point at a word, or at a unit, to read its numbers; click to keep them." : "") : `${"AB"[k]}, ${word}: ${numbers[k]}`));
    for (const chip of words.querySelectorAll("button")) {
      const pressed = String(Number(chip.dataset.word) === looked.word);
      if (chip.getAttribute("aria-pressed") !== pressed) chip.setAttribute("aria-pressed", pressed);
    }
    if (parent.ownerDocument.activeElement !== unit && unit.getRootNode().activeElement !== unit && unit.value !== String(followed)) unit.value = String(followed);
  }

  function on(visitor) {
    root.addEventListener("keydown", visitor.keys);
    for (const made of [...moveButtons, ...keepButtons]) made.addEventListener("click", () => visitor.moves[made.dataset.move]());
    speed.addEventListener("change", () => visitor.speed(Number(speed.value)));
    thumb.addEventListener("input", () => visitor.event(Number(thumb.value)));
    events.addEventListener("change", () => {
      if (events.value !== "") visitor.event(Number(events.value));
      events.selectedIndex = 0;
    });
    unit.addEventListener("change", () => visitor.unit(unit.value === "" ? NaN : Number(unit.value)));
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      slider.focus({ preventScroll: true });
      visitor.scrub(event.offsetX);
    });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) visitor.scrub(event.clientX - slider.getBoundingClientRect().left);
    });
    for (const { moving } of twins) {
      moving.addEventListener("pointermove", (event) => event.pointerType !== "touch" && visitor.over(event.offsetX, event.offsetY));
      moving.addEventListener("pointerleave", visitor.leave);
      moving.addEventListener("click", (event) => visitor.tap(event.offsetX, event.offsetY));
    }
    words.addEventListener("pointerover", (event) => event.target.dataset.word !== undefined && event.pointerType !== "touch" && visitor.word(Number(event.target.dataset.word)));
    words.addEventListener("pointerleave", visitor.leave);
    words.addEventListener("click", (event) => event.target.dataset.word !== undefined && visitor.pinWord(Number(event.target.dataset.word)));
    words.addEventListener("focusin", (event) => visitor.word(Number(event.target.dataset.word)));
    words.addEventListener("focusout", visitor.leave);
    words.addEventListener("keydown", (event) => walk(event, words));
  }

  /** What all but the twins takes of the root's height. */
  function heightBeside() {
    const style = getComputedStyle(root);
    const pictures = root.querySelector(".twins");
    const others = [...root.children].filter((child) => child !== pictures);
    const margins = (node) => parseFloat(getComputedStyle(node).marginTop) + parseFloat(getComputedStyle(node).marginBottom);
    return parseFloat(style.paddingTop) + parseFloat(style.paddingBottom) + margins(pictures) + others.reduce((sum, child) => sum + child.offsetHeight + margins(child), 0);
  }

  return { root, heightBeside, twins, timelines, slider, cursor, said, fill, tell, on, padding: () => parseFloat(getComputedStyle(root).paddingLeft), remove: () => root.remove() };
}

/** Arrow keys, Home and End go from word to word, and stay within the toolbar. */
function walk(event, words) {
  const chips = [...words.querySelectorAll("button")];
  const here = chips.indexOf(event.target);
  const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: chips.length - 1 }[event.key];
  if (to === undefined || here < 0) return;
  event.preventDefault();
  const next = chips[Math.min(Math.max(to, 0), chips.length - 1)];
  chips[here].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
