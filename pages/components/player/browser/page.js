/** The player's elements: built once, filled with the data's words, and listened to. Text is only ever set as text. */

import { SPEED, SPEEDS } from "./place.js";
import { legendOf } from "./legend.js";
import { count, eventName, labelOf, updates } from "./speech.js";

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
  const button = ([name, text, title]) => element("button", { type: "button", title, "data-move": name, textContent: text });
  const moveButtons = BUTTONS.map(button); // signs more than words: their names are what their tips say
  for (const made of moveButtons) made.setAttribute("aria-label", made.title.replace(/ \(.*\)$/, ""));
  const keepButtons = KEEPS.filter(([name]) => saves || name !== "file").map(button);
  const play = moveButtons.find((made) => made.dataset.move === "play");
  const toolbar = "Words of the sentence; arrow keys go from word to word";
  const words = element("div", { className: "sentence", role: "toolbar", "aria-label": toolbar });
  const twins = ["A", "B"].map((letter) => {
    const frame = element("canvas", { "aria-hidden": "true" });
    const label = `Twin ${letter}: hidden states, gradient and answers, word by word`;
    const moving = element("canvas", { className: "moving", role: "img", "aria-label": label });
    const readout = element("p", { className: `numbers ${letter}` });
    const side = element("div", {}, [element("div", { className: "twin" }, [frame, moving]), readout]);
    return { letter, frame, moving, readout, side };
  });
  const speeds = SPEEDS.map((n) => element("option", { value: String(n), textContent: `${updates(n)} a second`, selected: n === SPEED }));
  const speed = element("select", { "aria-label": "Speed" }, speeds);
  const events = element("select", { className: "events", "aria-label": "Go to an event" });
  const unit = element("input", { type: "number", min: "0", inputMode: "numeric", "aria-label": "Unit to follow" });
  const thumb = element("input", { type: "range", className: "thumb", min: "0", step: "1", "aria-label": "Scrub" });
  const lanes = "Loss, accuracy and gradient norm of both twins over the updates, their events, and the followed unit";
  const timelines = element("canvas", { role: "img", "aria-label": lanes });
  const cursor = element("div", { className: "cursor" });
  const slider = element("div", { className: "slider", role: "slider", tabIndex: 0, "aria-label": "Update" }, [cursor]);
  slider.setAttribute("aria-valuemin", "0");
  const legend = element("ul", { className: "legend", "aria-label": "Legend" });
  const text = element("p", { className: "caption" });
  const said = element("p", { className: "said", role: "status" });
  const spoken = element("p", { className: "spoken", role: "status" }); // heard, not seen
  const moves = element("div", { className: "moves", role: "group", "aria-label": "Move in time" }, moveButtons);
  // a click anywhere gives the root the focus, so that keys work
  const root = element("div", { className: "player", role: "group", tabIndex: -1, "aria-label": "Player of a training run" }, [
    words,
    element("div", { className: "twins" }, twins.map(({ side }) => side)),
    element("div", { className: "controls" }, [
      element("div", { className: "dock" }, [moves, thumb]),
      element("label", { className: "field" }, ["Speed", speed]),
      element("label", { className: "field" }, ["Event", events]),
      element("label", { className: "field" }, ["Unit", unit]),
      element("div", { className: "keeps", role: "group", "aria-label": "Keep and show" }, keepButtons),
    ]),
    element("div", { className: "timelines" }, [timelines, slider]),
    text,
    said,
    spoken,
    legend,
  ]);
  parent.append(root);
  let chips = [];

  function fill(data) {
    chips = Array.from({ length: data.columns }, (_, t) => {
      const word = labelOf(data, t);
      return element("button", {
        type: "button",
        textContent: word,
        className: t === data.subject ? "subject" : "",
        tabIndex: t === 0 ? 0 : -1,
        "aria-label": t === 0 ? "The start" : `Word ${t}: ${word}`,
        "aria-pressed": "false",
      });
    });
    words.replaceChildren(...chips, element("span", { className: "asked", textContent: `${data.asked}?` }));
    const total = `${count(data.events.length)} event${data.events.length === 1 ? "" : "s"}`;
    const choices = data.events.map((event) => element("option", { value: String(event.update), textContent: eventName(event) }));
    events.replaceChildren(element("option", { value: "", textContent: total }), ...choices);
    unit.max = String(data.units - 1);
    slider.setAttribute("aria-valuemax", String(data.updates));
    thumb.max = String(data.updates);
    legend.replaceChildren(...legendOf(data).map(({ scale, colour, sign, text: meaning }) => {
      const className = scale ? "scale" : colour ? "swatch" : "sign";
      const key = element("span", { className, "aria-hidden": "true", textContent: sign ?? "" });
      if (scale) key.style.background = `linear-gradient(to right, ${scale.join(", ")})`;
      if (colour) key.style.background = colour;
      return element("li", {}, [key, meaning]);
    }));
  }

  function set(node, content) {
    if (node.textContent !== content) node.textContent = content;
  }

  /** Bring all words up to the moment. */
  function tell({ update, playing, caption, valueText, readouts, looked, pinned, followed }) {
    root.dataset.update = String(update);
    set(text, caption);
    slider.setAttribute("aria-valuenow", String(update));
    slider.setAttribute("aria-valuetext", valueText);
    thumb.value = String(update);
    thumb.setAttribute("aria-valuetext", valueText);
    set(play, playing ? "⏸\uFE0E Pause" : "▶\uFE0E Play");
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    twins.forEach(({ readout }, k) => set(readout, readouts[k]));
    chips.forEach((chip, t) => {
      chip.classList.toggle("looked", t === looked.word);
      const pressed = String(t === pinned.word);
      if (chip.getAttribute("aria-pressed") !== pressed) chip.setAttribute("aria-pressed", pressed);
    });
    if (unit.getRootNode().activeElement !== unit && unit.value !== String(followed)) unit.value = String(followed);
  }

  /** What the whole screen changes. */
  function arrange({ full, stacked, size }) {
    root.style.setProperty("--size", `${size}px`);
    root.classList.toggle("stacked", stacked);
    set(keepButtons.find((made) => made.dataset.move === "full"), full ? "Leave full screen" : "Full screen");
  }

  function on(visitor) {
    root.addEventListener("keydown", visitor.keys);
    for (const made of [...moveButtons, ...keepButtons]) made.addEventListener("click", () => visitor.moves[made.dataset.move]());
    speed.addEventListener("change", () => visitor.speed(Number(speed.value)));
    thumb.addEventListener("input", () => visitor.update(Number(thumb.value)));
    events.addEventListener("change", () => {
      if (events.value !== "") visitor.update(Number(events.value));
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
    words.addEventListener("pointerover", (event) => {
      if (chips.includes(event.target) && event.pointerType !== "touch") visitor.word(chips.indexOf(event.target));
    });
    words.addEventListener("pointerleave", visitor.leave);
    words.addEventListener("click", (event) => chips.includes(event.target) && visitor.pinWord(chips.indexOf(event.target)));
    words.addEventListener("focusin", (event) => {
      for (const chip of chips) chip.tabIndex = chip === event.target ? 0 : -1; // Tab comes back to the word it left
      visitor.word(chips.indexOf(event.target));
    });
    words.addEventListener("focusout", visitor.leave);
    words.addEventListener("keydown", (event) => walk(event, chips));
  }

  /** What all but the twins' pictures takes of the root's height. */
  function heightBeside() {
    const { paddingTop, paddingBottom } = getComputedStyle(root);
    const inside = legend.getBoundingClientRect().bottom - words.getBoundingClientRect().top;
    return parseFloat(paddingTop) + inside - twins[0].frame.offsetHeight + parseFloat(paddingBottom);
  }

  /** The width inside. */
  function width() {
    return root.clientWidth - 2 * parseFloat(getComputedStyle(root).paddingLeft);
  }

  return { root, twins, timelines, slider, cursor, said, spoken, fill, tell, arrange, on, width, heightBeside };
}

/** Arrow keys, Home and End go from word to word, and stay within the toolbar. */
function walk(event, chips) {
  const here = chips.indexOf(event.target);
  const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: chips.length - 1 }[event.key];
  if (to === undefined || here < 0) return;
  event.preventDefault();
  chips[Math.min(Math.max(to, 0), chips.length - 1)].focus();
}
