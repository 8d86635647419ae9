/**
 * The player as a component of the app: bytes come from the server, and one number goes back, when the visitor asks for a
 * link to a moment, so that the page's charts can show the same one. Playing and scrubbing send nothing.
 */

import { offlinePage } from "./offline_page.js";
import { mountPlayer } from "./player.js";

const FIELD = "at"; // the update in the page's address
const players = new WeakMap();
let left = null; // where the visitor was when a player was taken away, and what the address asked for then

function asked() {
  return new URLSearchParams(location.search).get(FIELD);
}

/** Called by Streamlit whenever the data or the theme change; the elements stay. */
export default function component({ data, parentElement, setStateValue }) {
  let player = players.get(parentElement);
  if (player === undefined) {
    player = mountPlayer(parentElement.querySelector(".mount"), {
      linked: () => (left !== null && left.asked === asked() ? left.update : asked()),
      link(update) {
        const address = new URL(location.href);
        address.searchParams.set(FIELD, String(update));
        history.replaceState(history.state, "", address);
        setStateValue(FIELD, update);
        return address.href;
      },
      offlinePage: (data, place) => offlinePage(OFFLINE, data, place),
    });
    players.set(parentElement, player);
  }
  player.show(data);
  return () => {
    left = { update: player.destroy(), asked: asked() };
    players.delete(parentElement);
  };
}
