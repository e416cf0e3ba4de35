"use strict";
/* How links and notes are drawn: every kind has a line and a mark of its own beside its colour. */

const KINDS = {
  contradicts: { told: "contradicts", dash: [7, 4], width: 2.2 },
  qualifies: { told: "limits", dash: [2, 3], width: 2 },
  supports: { told: "supports", dash: [], width: 1.6 },
  restates: { told: "restates", dash: [], width: 4 },
  cites: { told: "cites", dash: [], width: 0.7 },
};
const MANY = 1500; // lines, of which none would be told from another
const SHAPES = { note: "●", line: "◆", post: "■", paper: "▲", stub: "○" };
/* One line with its marks: an arrow for supports, a cross for contradicts, a bar for limits, twin lines for restates. */
function drawLines(c, kind, lines, colours, scale) {
  const marked = lines.length < MANY, { dash, width } = marked ? KINDS[kind] : { dash: [], width: 1 };
  c.strokeStyle = c.fillStyle = colours[kind];
  c.lineWidth = width / scale;
  c.setLineDash(dash.map(length => length / scale));
  c.beginPath();
  for (const [a, b] of lines) { c.moveTo(a.x, a.y); c.lineTo(b.x, b.y); }
  c.stroke();
  c.setLineDash([]);
  if (kind === "restates" && marked) { c.strokeStyle = colours.paper; c.lineWidth = 1.6 / scale; c.stroke(); }
  if (!marked || kind === "cites" || kind === "restates") return;
  const size = 5 / scale;
  c.lineWidth = 2 / scale;
  c.beginPath();
  for (const [a, b] of lines) {
    const dx = b.x - a.x, dy = b.y - a.y, long = Math.hypot(dx, dy) || 1, ux = dx / long, uy = dy / long;
    const back = kind === "contradicts" ? long / 2 : Math.min(long / 2, (b.r || 4 / scale) + 3 / scale);
    const x = b.x - ux * back, y = b.y - uy * back;
    if (kind === "supports") {
      c.moveTo(x - ux * 2 * size - uy * size, y - uy * 2 * size + ux * size);
      c.lineTo(x, y);
      c.lineTo(x - ux * 2 * size + uy * size, y - uy * 2 * size - ux * size);
    } else if (kind === "qualifies") {
      c.moveTo(x - uy * 1.3 * size, y + ux * 1.3 * size);
      c.lineTo(x + uy * 1.3 * size, y - ux * 1.3 * size);
    } else {
      for (const turn of [1, -1]) {
        const px = (ux + turn * uy) * 0.8 * size, py = (uy - turn * ux) * 0.8 * size;
        c.moveTo(x - px, y - py);
        c.lineTo(x + px, y + py);
      }
    }
  }
  c.stroke();
}

function drawShape(c, kind, x, y, r) {
  if (kind === "line") { c.moveTo(x, y - r * 1.25); c.lineTo(x + r * 1.25, y); c.lineTo(x, y + r * 1.25); c.lineTo(x - r * 1.25, y); c.closePath(); }
  else if (kind === "post" || kind === "claim") c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (kind === "paper") { c.moveTo(x, y - r * 1.2); c.lineTo(x + r * 1.1, y + r * 0.8); c.lineTo(x - r * 1.1, y + r * 0.8); c.closePath(); }
  else { c.moveTo(x + r, y); c.arc(x, y, r, 0, 7); }
}
