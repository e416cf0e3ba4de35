"use strict";
/* Where notes stand on the map: what is linked is near, all else keeps apart; the same for the same notes. */

const FEW_ENOUGH = 400; // notes that are laid out before the first look

/* notes: [{title, kind}]; links: [{a, b, kind}] between their numbers. `near` are the notes linked with each. */
function layOut(notes, links) {
  const nodes = notes.map((note, index) => ({ index, note, weight: 0, r: 4 })), near = nodes.map(() => new Set());
  for (const { a, b, kind } of links) {
    for (const end of [a, b]) nodes[end].weight += kind === "cites" ? 0.15 : 1;
    near[a].add(b);
    near[b].add(a);
  }
  for (const node of nodes) node.r = (3.5 + Math.min(9, 1.7 * Math.sqrt(node.weight))) * (nodes.length > MANY ? 0.6 : 1);
  const seen = new Set(); // in the order in which neighbours come side by side, on a spiral
  for (const first of [...nodes].sort((a, b) => b.weight - a.weight)) {
    const queue = [first.index];
    for (let at = 0; at < queue.length; at++) {
      if (seen.has(queue[at])) continue;
      seen.add(queue[at]);
      for (const next of near[queue[at]]) if (!seen.has(next)) queue.push(next);
    }
  }
  [...seen].forEach((index, at) => {
    nodes[index].x = 22 * Math.sqrt(at + 0.5) * Math.cos(at * 2.39996);
    nodes[index].y = 22 * Math.sqrt(at + 0.5) * Math.sin(at * 2.39996);
  });
  const many = nodes.length > FEW_ENOUGH, strong = { contradicts: 0.5, qualifies: 0.4, supports: 0.4, restates: 0.5, cites: 0.04 };
  const force = d3.forceSimulation(nodes).stop().alphaDecay(many ? 0.05 : 0.02)
    .force("links", d3.forceLink(links.map(({ a, b, kind }) => ({ source: a, target: b, kind }))).distance(70).strength(link => strong[link.kind]))
    .force("apart", d3.forceManyBody().strength(many ? -60 : -190).theta(many ? 1.3 : 0.9))
    .force("x", d3.forceX().strength(many ? 0.03 : 0.06)).force("y", d3.forceY().strength(many ? 0.03 : 0.08));
  if (!many) force.tick(300);
  return { nodes, near, force, many };
}
