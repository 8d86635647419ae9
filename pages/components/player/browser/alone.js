/** The player in a file of its own: the data lie in the page, and nothing is loaded from anywhere. */

import { mountPlayer } from "./player.js";

const mount = document.getElementById("player");
const text = atob(document.getElementById("data").textContent);
const player = mountPlayer(mount, {
  linked: () => new URLSearchParams(location.hash.slice(1)).get("at") ?? mount.dataset.update ?? null,
  link(update) {
    history.replaceState(null, "", `#at=${update}`);
    return location.href;
  },
  offlinePage: null,
});
player.show(Uint8Array.from(text, (character) => character.charCodeAt(0)));
