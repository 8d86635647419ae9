/** Everything the player says in words, computed from the data. */

import { answerAt, fateAt, gradientAt, measuredAt, snapshotAt, stateAt } from "./data.js";
import { eventsAt } from "./place.js";

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const FATES = { flows: "", lost: ", lost on the way", none: ", none at all", "not finite": "" };

/** Three significant digits, with a power of ten only where the digits alone could not be read at a glance. */
export function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "infinity" : "−infinity";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) {
    return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 8 }).replace("-", "−");
  }
  const [mantissa, exponent] = value.toExponential(2).replace(/^-/, "−").split("e");
  return `${mantissa}·10${raised(Number(exponent))}`;
}

/** A whole number as an exponent. */
export function raised(exponent) {
  return String(exponent).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);
}

/** Three decimals, more where they would hide that it is not zero. */
function probability(p) {
  return Number.isFinite(p) && p >= 1e-3 ? p.toFixed(3) : number(p);
}

/** A whole number with commas. */
export function count(n) {
  return n.toLocaleString("en");
}

/** "1 update", "2 updates". */
export function updates(n) {
  return `${count(n)} update${n === 1 ? "" : "s"}`;
}

export function percent(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : number(share);
}

/** The word before column t; where the minimal pair has another one, both; or the start. */
export function labelOf(data, t) {
  if (t === 0) return "(start)";
  const [word, other] = [data.words[t - 1], data.pair?.[t - 1] ?? data.words[t - 1]];
  return word === other ? word : `${word}/${other}`;
}

/** The same in a sentence. */
export function wordOf(data, t) {
  return t === 0 ? "the start" : `“${labelOf(data, t)}”`;
}

/** The whole line of text that says what is on screen. */
export function caption(data, place) {
  const parts = [`After ${count(place.update)} of ${updates(data.updates)}.`];
  for (const twin of data.twins) parts.push(`${twin.letter}: ${twinCaption(data, twin, place.update)}`);
  for (const event of eventsAt(data, place.update)) parts.push(event.text);
  return parts.join(" ");
}

function twinCaption(data, twin, update) {
  const snapshot = snapshotAt(twin, update);
  const said = [];
  const measured = measuredAt(twin, update);
  if (measured !== null) {
    const clip = measured.clipped ? `, clipped to ${number(measured.normClipped)}` : "";
    const [loss, norm] = [number(measured.loss), number(measured.norm)];
    said.push(`loss ${loss}, accuracy ${percent(measured.accuracy)}, gradient norm ${norm}${clip}`);
  } else {
    said.push(twin.ended ?? (update > twin.updates ? `ended after ${updates(twin.updates)}` : "trained to the end"));
  }
  said.push(`P(were) at the end ${probability(answerAt(data, twin, snapshot, data.columns - 1))}`);
  said.push(flowOf(data, twin, snapshot));
  const taken = twin.shown[snapshot];
  if (taken !== update) said.push(`states and arrows are those after ${updates(taken)}, the last recorded ones`);
  return `${said.join("; ")}.`;
}

/** How much of the gradient gets from the last word to the subject, or to the start if there is no subject. */
function flowOf(data, twin, snapshot) {
  const t = data.subject ?? 0;
  const last = gradientAt(data, twin, snapshot, data.columns - 1);
  const here = gradientAt(data, twin, snapshot, t);
  if (!Number.isFinite(here) || !Number.isFinite(last)) return "the gradient is not finite";
  if (last === 0) return "no gradient: the answer is right to the last digit";
  if (t === data.columns - 1) return `the gradient at ${wordOf(data, t)}, the last word, is ${number(here)}`;
  return `the gradient at ${wordOf(data, t)} is ${number(here / last)} times that at the last word`;
}

/** The numbers of one word in one twin; of one unit after it, too, if one is followed. */
export function readout(data, twin, update, t, unit) {
  const snapshot = snapshotAt(twin, update);
  const gradient = gradientAt(data, twin, snapshot, t);
  const fate = FATES[fateAt(data, twin, snapshot, t)];
  const pair = twin.p_pair ? ` (pair: ${probability(answerAt(data, twin, snapshot, t, "p_pair"))})` : "";
  const state = unit === null ? "" : `, ${data.pair ? "Δh" : "h"} of unit ${unit} = ${number(stateAt(data, twin, snapshot, t, unit))}`;
  return `P(were) = ${probability(answerAt(data, twin, snapshot, t))}${pair}, ‖∂L/∂h${lowered(t)}‖ = ${number(gradient)}${fate}${state}`;
}

/** t as an index below the line. */
function lowered(t) {
  return String(t).replace(/\d/g, (digit) => LOWERED[digit]);
}

/** A short name of an event, for the list of events. */
export function eventName(event) {
  return `${count(event.update)}: ${event.text}`;
}
