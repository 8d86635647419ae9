/** The run as one file that plays without a server: written by the browser, from what it has already. */

/** A page of its own, with the player's program and the data in it. It may load nothing from anywhere. */
export function offlinePage(offline, data, place) {
  const encoded = base64(data.bytes);
  const rules = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src blob: data:";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rules}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>RNN Gradient Flow: a training run</title>
<style>${offline.css}</style>
<body class="alone">
<div id="player" data-update="${place.update}"></div>
<script type="application/octet-stream" id="data">${encoded}<\/script>
<script type="module">${offline.js}<\/script>
</body>
</html>
`;
}

function base64(bytes) {
  const pieces = [];
  for (let i = 0; i < bytes.length; i += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  return btoa(pieces.join(""));
}
