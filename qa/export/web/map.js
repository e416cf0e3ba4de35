"use strict";
/* The map of notes, on a canvas: drawn, and told by mouse, finger and keys what is picked. */

const TITLE = 34, RING = 14, ROOM = 42000; // square pixels for a label

/* notes: [{title, kind}]; links: [{a, b, kind}] between numbers of notes. `picked` is told what a person chose. */
function makeMap(canvas, notes, links, picked) {
  const c = canvas.getContext("2d", { alpha: false }), tip = document.getElementById("tip");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { nodes, near, force, many } = layOut(notes, links);
  let view = d3.zoomIdentity, held = false, colours = {}, tree = null, hover = null, width = 1, height = 1;
  let shownLinks = links, shownNotes = nodes, chosen = [], claims = [], matches = null, around = nodes.map(() => []);

  /* In the map's own measure: what is near grows less than the distances. */
  function radius(node) { return Math.max(node.r, 1.6 / view.k) / Math.sqrt(Math.max(1, view.k)); }

  function visible() { return matches ? shownNotes.filter(node => matches.has(node.index)) : shownNotes; }

  function recolour() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "soft", "paper", "accent", "node", ...Object.keys(KINDS)]) colours[name] = style.getPropertyValue(`--${name}`).trim();
  }

  function resize() {
    const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (!box.width) return;
    [width, height] = [box.width, box.height];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    if (!held) fit(chosen.length ? chosen.map(at => nodes[at]) : visible(), false);
    draw();
  }

  function fit(some, moving = !still) {
    if (!some.length) return;
    const [x0, x1] = d3Extent(some, "x"), [y0, y1] = d3Extent(some, "y");
    const k = Math.min(some.length > 12 ? 1.5 : 2.5, 0.88 * Math.min(width / (x1 - x0 + 70), height / (y1 - y0 + 50)));
    const to = d3.zoomIdentity.translate(width / 2 - k * (x0 + x1) / 2, height / 2 - k * (y0 + y1) / 2).scale(k);
    const target = d3.select(canvas);
    if (moving) target.transition().duration(350).call(zoom.transform, to);
    else target.call(zoom.transform, to);
  }

  function d3Extent(some, axis) {
    let low = Infinity, high = -Infinity;
    for (const node of some) { low = Math.min(low, node[axis]); high = Math.max(high, node[axis]); }
    return [low, high];
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1, k = view.k;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.fillStyle = colours.paper;
    c.fillRect(0, 0, canvas.width, canvas.height);
    c.setTransform(ratio * k, 0, 0, ratio * k, ratio * view.x, ratio * view.y);
    const focus = new Set(chosen), lit = new Set(chosen);
    if (chosen.length === 1) for (const { a, b } of shownLinks) if (focus.has(a) || focus.has(b)) { lit.add(a); lit.add(b); }
    const told = new Set(claims.length ? [...chosen, ...claims.map(claim => claim.toward)] : []); // by their claims
    const isLit = link => !focus.size || (chosen.length > 1 ? focus.has(link.a) && focus.has(link.b) : focus.has(link.a) || focus.has(link.b));
    for (const faint of [true, false]) {
      for (const kind of ["cites", "restates", "supports", "qualifies", "contradicts"]) {
        const lines = shownLinks.filter(link => link.kind === kind && isLit(link) !== faint && !(told.has(link.a) && told.has(link.b) && kind !== "cites" && !faint) && (!matches || faint || matches.has(link.a) || matches.has(link.b)));
        c.globalAlpha = faint ? 0.12 : focus.size ? 1 : Math.max(0.12, Math.min(kind === "cites" ? 0.6 : 1, (kind === "cites" ? 200 : 500) / lines.length));
        if (lines.length) drawLines(c, kind, lines.map(link => [nodes[link.a], nodes[link.b]]), colours, k);
      }
    }
    for (const faint of [true, false]) {
      c.globalAlpha = faint ? 0.2 : 1;
      for (const hollow of [false, true]) {
        c.beginPath();
        for (const node of shownNotes) {
          const dim = (focus.size && !lit.has(node.index)) || (matches && !matches.has(node.index));
          if (Boolean(dim) === faint && (node.note.kind === "stub") === hollow) drawShape(c, node.note.kind, node.x, node.y, radius(node));
        }
        c.fillStyle = hollow ? colours.paper : colours.node;
        c.fill();
        c.lineWidth = 1.2 / k;
        c.strokeStyle = hollow ? colours.node : colours.paper;
        if (hollow || shownNotes.length < MANY) c.stroke();
      }
    }
    c.globalAlpha = 1;
    c.beginPath();
    for (const at of chosen) drawShape(c, nodes[at].note.kind, nodes[at].x, nodes[at].y, radius(nodes[at]) + 3.5 / k);
    c.lineWidth = 2.5 / k;
    c.strokeStyle = colours.accent;
    c.stroke();
    drawClaims(k);
    drawLabels(k, ratio, lit, focus);
    if (claims.length === 2 && claims[0].to === claims[1]) drawQuotes();
  }

  /* What the two claims of a tension say, each on its side. */
  function drawQuotes() {
    c.font = "13px Georgia, serif";
    c.fillStyle = colours.ink;
    const [left, right] = [...claims].sort((a, b) => a.x - b.x);
    for (const [claim, way] of [[left, -1], [right, 1]]) {
      const [x, y] = view.apply([claim.x, claim.y]), room = Math.min(250, (way < 0 ? x : width - x) - 34);
      if (room < 110) continue;
      const lines = [""];
      for (const word of `“${claim.quote}”`.split(" ")) {
        const longer = `${lines.at(-1)} ${word}`.trim();
        if (c.measureText(longer).width <= room) lines[lines.length - 1] = longer;
        else lines.push(word);
      }
      if (lines.length > 5) lines.splice(4, Infinity, `${lines[4]} …`);
      c.textAlign = way < 0 ? "right" : "left";
      lines.forEach((line, at) => {
        const low = y + 4 + (nodes[claim.note].y < claim.y ? at : at + 1 - lines.length) * 17; // away from the note
        c.strokeText(line, x + way * 16, low);
        c.fillText(line, x + way * 16, low);
      });
    }
  }

  /* The claims of what is chosen, beside their notes. */
  function drawClaims(k) {
    for (const kind of Object.keys(KINDS)) drawLines(c, kind, claims.filter(claim => claim.kind === kind && claim.to).map(claim => [claim, claim.to]), colours, k);
    for (const claim of claims) {
      c.beginPath();
      drawShape(c, "claim", claim.x, claim.y, radius(claim));
      c.fillStyle = colours.paper;
      c.fill();
      c.lineWidth = 1.8 / k;
      c.strokeStyle = colours[claim.kind];
      c.stroke();
    }
  }

  function drawLabels(k, ratio, lit, focus) {
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.font = "12px system-ui, sans-serif";
    c.textAlign = "center";
    c.lineJoin = "round";
    const first = node => (focus.has(node.index) ? 1e6 : 0) + (hover === node ? 2e6 : 0) + (matches && matches.has(node.index) ? 1e5 : 0) + node.weight;
    const some = shownNotes.filter(node => focus.size ? lit.has(node.index) || hover === node : !matches || matches.has(node.index) || hover === node);
    const taken = [];
    const most = Math.max(4, width * height / ROOM), inside = some.filter(node => {
      const [x, y] = view.apply([node.x, node.y]);
      return x > 0 && x < width && y > 0 && y < height;
    });
    for (const node of inside.sort((a, b) => first(b) - first(a)).slice(0, 4 * most)) {
      if (taken.length >= most) break;
      const title = node.note.title, whole = focus.has(node.index) || hover === node ? 2 * TITLE : TITLE;
      const text = title.length > whole ? `${title.slice(0, whole - 1).trimEnd()}…` : title;
      const half = c.measureText(text).width / 2, [middle, y] = view.apply([node.x, node.y]), x = Math.max(half + 4, Math.min(width - half - 4, middle));
      const others = claims.length ? claims.filter(claim => claim.note === node.index) : around[node.index];
      const below = others.reduce((lean, other) => lean + other.y - node.y, 0) <= 0, low = below ? y + radius(node) * k + 16 : y - radius(node) * k - 9;
      const box = [x - half - 3, low - 12, x + half + 3, low + 4];
      if (hover !== node && taken.some(other => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
      taken.push(box);
      c.strokeStyle = colours.paper;
      c.lineWidth = 4;
      c.strokeText(text, x, low);
      c.fillStyle = focus.has(node.index) || hover === node ? colours.ink : colours.soft;
      c.fillText(text, x, low);
    }
  }

  function at(event) {
    const box = canvas.getBoundingClientRect(), [x, y] = view.invert([event.clientX - box.x, event.clientY - box.y]);
    const claim = claims.find(each => Math.hypot(each.x - x, each.y - y) < radius(each) + 6 / view.k);
    if (claim) return { claim };
    tree = tree || d3.quadtree(visible(), node => node.x, node => node.y);
    const node = tree.find(x, y, 24 / view.k + 12);
    return node && Math.hypot(node.x - x, node.y - y) < radius(node) + 8 / view.k ? { node } : {};
  }

  const zoom = d3.zoom().scaleExtent([0.03, 8]).on("zoom", event => {
    view = event.transform;
    if (event.sourceEvent) held = true;
    draw();
  });
  d3.select(canvas).call(zoom).on("dblclick.zoom", null);
  canvas.addEventListener("click", event => {
    const { node, claim } = at(event);
    picked(claim ? claim.note : node ? node.index : null, claim);
  });
  canvas.addEventListener("pointermove", event => {
    if (event.buttons) return;
    const { node, claim } = at(event);
    canvas.style.cursor = node || claim ? "pointer" : "grab";
    tip.hidden = !(claim || node);
    if (claim || node) {
      tip.textContent = claim ? `“${claim.quote}”` : `${node.note.title} (${node.note.kind})`;
      tip.style.left = `${Math.max(4, Math.min(event.offsetX + 14, width - tip.offsetWidth - 4))}px`;
      tip.style.top = `${event.offsetY + 18 + tip.offsetHeight > height ? event.offsetY - tip.offsetHeight - 10 : event.offsetY + 18}px`;
    }
    if (hover !== (node || null)) { hover = node || null; draw(); }
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; hover = null; draw(); });
  canvas.addEventListener("keydown", event => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      const from = chosen.length ? nodes[chosen[0]] : null, some = visible();
      const score = node => {
        const dx = node.x - from.x, dy = node.y - from.y, along = dx * way[0] + dy * way[1];
        return along <= 0 ? Infinity : along + 3 * Math.abs(dx * way[1] + dy * way[0]) - (near[from.index].has(node.index) ? 60 : 0);
      };
      const next = from ? some.reduce((best, node) => node !== from && score(node) < (best ? score(best) : Infinity) ? node : best, null) : some[0];
      if (next) picked(next.index);
    } else if (event.key === "+" || event.key === "=") api.zoom(1.4);
    else if (event.key === "-") api.zoom(0.7);
    else if (event.key === "0") api.zoom(0);
    else return;
    event.preventDefault();
  });

  const api = {
    /* What the filters leave; `found` are the notes that a search found, or null. */
    show(leftLinks, leftNotes, found) {
      shownLinks = leftLinks;
      shownNotes = leftNotes.map(index => nodes[index]);
      matches = found;
      around = nodes.map(() => []);
      for (const { a, b } of leftLinks) { around[a].push(nodes[b]); around[b].push(nodes[a]); }
      tree = null;
      if (!held && !chosen.length) fit(visible(), false);
      draw();
    },
    /* Notes to stand out, with claims: [{note, kind, quote, toward, to: number of another claim or null}]. */
    choose(some, theirs, moves) {
      chosen = some;
      claims = theirs.slice(0, RING).map(claim => {
        const home = nodes[claim.note], other = nodes[claim.toward], dx = other.x - home.x, dy = other.y - home.y;
        return { ...claim, angle: home === other ? (claim.to === null ? 0 : Math.PI) : Math.atan2(dy, dx) };
      });
      const taken = new Map();
      for (const claim of claims) {
        const home = nodes[claim.note], turns = taken.get(claim.note) || [];
        while (turns.some(angle => Math.abs(angle - claim.angle) < 0.5) && turns.length < 12) claim.angle += 0.5;
        taken.set(claim.note, [...turns, claim.angle]);
        claim.r = 4.5;
        claim.x = home.x + Math.cos(claim.angle) * (home.r + 11);
        claim.y = home.y + Math.sin(claim.angle) * (home.r + 11);
      }
      for (const claim of claims) claim.to = typeof claim.to === "number" ? claims[claim.to] : claim.to === null ? null : nodes[claim.toward];
      const mine = some.length === 1 ? shownLinks.filter(({ a, b }) => a !== b && (a === some[0] || b === some[0])) : [];
      const said = mine.filter(link => link.kind !== "cites"), beside = said.length ? said : mine; // cited notes may be far away
      if (moves) fit([...some, ...beside.flatMap(({ a, b }) => [a, b])].map(index => nodes[index]));
      draw();
    },
    zoom(by) {
      held = Boolean(by);
      if (by) d3.select(canvas).transition().duration(still ? 0 : 150).call(zoom.scaleBy, by);
      else fit(visible());
    },
    /* Where a note is drawn, in the window. */
    where(index) {
      const box = canvas.getBoundingClientRect(), [x, y] = view.apply([nodes[index].x, nodes[index].y]);
      return [box.x + x, box.y + y];
    },
    recolour() { recolour(); draw(); },
  };
  recolour();
  new ResizeObserver(resize).observe(canvas);
  resize();
  (function settle() {
    const until = performance.now() + 14;
    while (many && force.alpha() > force.alphaMin() && performance.now() < until) force.tick();
    tree = null;
    if (many && force.alpha() > force.alphaMin()) {
      if (!still) { if (!held && !chosen.length) fit(visible(), false); else draw(); }
      requestAnimationFrame(settle);
    } else {
      if (!held && !chosen.length) fit(visible(), false);
      draw();
      document.documentElement.dataset.settled = "yes";
    }
  })();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", api.recolour);
  for (const [name, on] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(name, () => { document.documentElement.toggleAttribute("data-print", on); api.recolour(); });
  }
  return api;
}
