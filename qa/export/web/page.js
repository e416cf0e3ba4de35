"use strict";
/* The list beside the map: tensions first, then whatever is picked; search and filters. Words of notes are set as text only. */

const data = JSON.parse(document.getElementById("data").textContent);
const WHO = { author: "an author", person: "you", possible: "possible only" };
const LONG = 30, FEW = 12;
const list = document.getElementById("list"), search = document.getElementById("search"), folder = document.getElementById("folder");
const off = { kinds: new Set(), who: new Set() };
let pick = null, many = LONG, map = null;

/* An element with text or elements in it. */
function make(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== "") made.setAttribute(name, value);
  }
  made.append(...inside.filter(each => each !== null && each !== ""));
  return made;
}

const folderOf = note => (note.path || "").includes("/") ? note.path.slice(0, note.path.lastIndexOf("/")) : "";
const inFolder = at => !folder.value || `${folderOf(data.notes[at])}/`.startsWith(`${folder.value}/`);
const passes = each => !off.kinds.has(each.link || each.kind) && !off.who.has(each.who) && each.notes.every(inFolder);
const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const quotes = each => (each.claims || []).map(at => at < 0 ? "" : data.claims[at].quote);
const noteWords = data.notes.map(note => fold(`${note.title} ${note.path || ""} ${note.summary || ""}`));
for (const each of data.tensions) each.words = fold([...quotes(each), each.why, each.settle || "", each.kind, each.by].join(" "));
const wanted = () => fold(search.value).split(/\s+/).filter(Boolean);
const holds = (text, words) => words.every(word => text.includes(word));
const tensionHolds = (each, words) => holds([each.words, ...each.notes.map(at => noteWords[at])].join(" "), words);

function place(told, href) {
  return href ? make("a", { class: "place", href }, told) : make("span", { class: "place" }, told);
}

function named(at) {
  return make("button", { class: "name", type: "button", onclick: event => { event.stopPropagation(); choose({ note: at }); } }, data.notes[at].title);
}

function side(at) {
  const claim = data.claims[at];
  return make("div", { class: "side" }, make("blockquote", {}, `“${claim.quote}”`),
    make("p", { class: "where" }, named(claim.note), " · ", place(claim.place, claim.href)));
}

/* Both quotes, or the one sentence that holds both sides with the two notes it names; or, of a link between notes, these. */
function card(each, isTension) {
  const link = each.link || each.kind, sides = (each.claims || []).filter(at => at >= 0);
  const between = sides.length > 1 ? [side(sides[0]), make("p", { class: "against" }, KINDS[link].told), side(sides[1])]
    : [...sides.map(side), make("p", { class: "where" }, named(each.notes[0]), ` ${KINDS[link].told} `, named(each.notes[1]))];
  const made = make("article", { class: `card ${link}`, tabindex: "0" },
    make("p", { class: "head" }, make("strong", {}, isTension ? each.kind : KINDS[link].told), make("span", {}, each.by || said(each.who))),
    ...between, each.why ? make("p", { class: "why" }, each.why) : null,
    each.settle ? make("p", { class: "settle" }, `To settle it, an author says: “${each.settle}”`) : null);
  const go = () => choose(isTension ? { tension: each } : { link: each, note: pick && pick.note });
  made.addEventListener("click", event => { if (!event.target.closest("a, button") && !String(getSelection())) go(); });
  made.addEventListener("keydown", event => { if (event.key === "Enter" && event.target === made) go(); });
  if (pick && (pick.tension === each || pick.link === each)) made.setAttribute("aria-current", "true");
  return made;
}

const said = who => ({ author: "stated by an author", person: "stated by you", possible: "possible" })[who];
const counted = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

function cards(title, found, isTension) {
  const more = found.length > many ? [make("p", { class: "empty" }, `${many} of ${found.length.toLocaleString("en")} are shown. `,
    make("button", { class: "plain", type: "button", onclick: () => { many += LONG; fill(); } }, "Show more"))] : [];
  return found.length ? [make("h2", {}, title), ...found.slice(0, many).map(each => card(each, isTension)), ...more] : [];
}

function names(title, found) {
  if (!found.length) return [];
  const rest = found.length > FEW ? make("li", { class: "empty" }, `and ${counted(found.length - FEW, "more note")}`) : null;
  return [make("h2", {}, title), make("ul", { class: "names" }, ...found.slice(0, FEW).map(at => make("li", {}, named(at))), rest)];
}

/* What is known of one note. */
function aboutNote(at) {
  const note = data.notes[at], mine = data.links.filter(link => link.notes.includes(at) && (link.kind === "cites" || passes(link)));
  const speaks = each => each.notes.includes(at) || each.claims.some(claim => data.claims[claim].note === at);
  const tensions = data.tensions.filter(each => speaks(each) && passes(each));
  const quoted = new Set(tensions.map(each => [...each.notes].sort().join()));
  const others = mine.filter(link => link.kind !== "cites" && !(["contradicts", "qualifies"].includes(link.kind) && quoted.has([...link.notes].sort().join())));
  const other = (from, to) => [...new Set(mine.filter(link => link.kind === "cites" && link.notes[from] === at).map(link => link.notes[to]))];
  return make("div", { class: "note" },
    make("button", { class: "plain", type: "button", onclick: () => choose(null) }, "← All tensions"),
    make("h2", { tabindex: "-1" }, note.title),
    make("p", { class: "where" }, `${note.kind === "stub" ? "cited, not written yet" : note.kind} `, note.path ? place(note.path, note.href || "") : ""),
    note.summary ? make("p", { class: "summary" }, note.summary) : null,
    ...cards(counted(tensions.length, "tension"), tensions, true), ...cards("Linked claims", others, false),
    ...names("Cites", other(0, 1)), ...names("Cited by", other(1, 0)),
    tensions.length + mine.length ? null : make("p", { class: "empty" }, "Nothing is linked with it here."));
}

/* The list anew; the map is told what is left. */
function fill() {
  const words = wanted(), links = data.links.filter(passes), tensions = data.tensions.filter(each => passes(each) && (!words.length || tensionHolds(each, words)));
  const found = words.length ? data.notes.flatMap((note, at) => inFolder(at) && holds(noteWords[at], words) ? [at] : []) : [];
  const onMap = new Set(links.flatMap(link => link.notes[0] === link.notes[1] ? [] : link.notes));
  const alone = data.notes.flatMap((note, at) => onMap.has(at) || !inFolder(at) ? [] : [at]);
  if (pick && pick.note !== undefined && pick.note !== null) list.replaceChildren(aboutNote(pick.note));
  else {
    const title = words.length ? `${counted(tensions.length, "tension")} with these words` : `${counted(tensions.length, "tension")}, liveliest first`;
    const nothing = tensions.length ? [] : [make("p", { class: "empty" }, words.length ? "No tension speaks of that." : "No tension is known here. What is picked on the map is told here.")];
    list.replaceChildren(...names("Notes", found), ...cards(title, tensions, true), ...nothing);
  }
  const matches = words.length ? new Set([...found, ...tensions.flatMap(each => each.notes)]) : null;
  const drawn = onMap.size ? [...onMap] : alone, own = pick ? pick.tension || pick.link || { notes: [pick.note] } : { notes: [] };
  const cited = pick && !pick.tension && !pick.link && off.kinds.has("cites") ? data.links.filter(link => link.kind === "cites" && link.notes.includes(pick.note)).slice(0, 2 * FEW) : [];
  const toDraw = [...new Set([...drawn, ...found, ...own.notes, ...cited.flatMap(link => link.notes)])];
  map.show([...links, ...cited].map(link => ({ kind: link.kind, a: link.notes[0], b: link.notes[1] })), toDraw, matches);
  const kinds = [...new Set(drawn.map(at => data.notes[at].kind))];
  document.getElementById("shapes").textContent = [...kinds.map(kind => `${SHAPES[kind]} ${kind === "stub" ? "not written yet" : kind}`),
    alone.length && onMap.size ? `${counted(alone.length, "more note")} without such a link; search finds them` : ""].filter(Boolean).join("   ");
}

/* Picks a tension, a link or a note, or with null nothing; `onMap`, where the map need not go there. */
function choose(what, quietly, onMap) {
  const wasRead = list.contains(document.activeElement); // what had the focus is made anew
  pick = what;
  many = LONG;
  fill();
  const each = what && (what.tension || what.link);
  if (each) {
    const [a, b] = each.notes, sides = each.claims || [], both = sides.length > 1 && Math.min(...sides) >= 0;
    const claims = both ? sides.map((at, i) => ({ ...data.claims[at], kind: each.link || each.kind, toward: data.claims[sides[1 - i]].note, to: i ? null : 1 })) : [];
    map.choose([...new Set(both ? claims.map(claim => claim.note) : [a, b])], claims, true);
  } else if (what) {
    const own = [...data.tensions, ...data.links].filter(each => each.claims && each.claims.length > 1 && Math.min(...each.claims) >= 0 && passes(each));
    const claims = new Map();
    for (const each of own) for (const i of [0, 1]) {
      const claim = data.claims[each.claims[i]], other = data.claims[each.claims[1 - i]];
      if (claim.note === what.note && other.note !== what.note && !claims.has(each.claims[i])) claims.set(each.claims[i], { ...claim, kind: each.link || each.kind, toward: other.note, to: undefined });
    }
    map.choose([what.note], [...claims.values()], !onMap);
  } else map.choose([], []);
  const current = list.querySelector("[aria-current]");
  if (wasRead) (current || list.querySelector("h2[tabindex], .card") || document.body).focus({ preventScroll: true });
  if (current) current.scrollIntoView({ block: "nearest" });
  else if (what && !quietly) { list.scrollTop = 0; if (!onMap) list.scrollIntoView(); }
  const name = each ? (what.tension ? each.id : "") : what ? data.notes[what.note].id : "";
  history.replaceState(null, "", name ? `#${name}` : location.pathname + location.search);
}

function fromAddress() {
  const name = location.hash.slice(1), tension = data.tensions.find(each => each.id === name), note = data.notes.findIndex(each => each.id === name);
  return tension ? { tension } : note >= 0 ? { note } : null;
}

/* A button that shows how its kind is drawn, and leaves it out. */
function chip(name, told, set, isKind) {
  const swatch = isKind ? make("canvas", { width: "60", height: "24", "aria-hidden": "true", "data-kind": name }) : null;
  return make("button", { class: "chip", type: "button", "aria-pressed": String(!set.has(name)), onclick: event => {
    set.has(name) ? set.delete(name) : set.add(name);
    event.currentTarget.setAttribute("aria-pressed", String(!set.has(name)));
    choose(pick, true);
  } }, swatch, told);
}

function drawSwatches() {
  const style = getComputedStyle(document.documentElement), colours = {};
  for (const name of [...Object.keys(KINDS), "paper"]) colours[name] = style.getPropertyValue(`--${name}`).trim();
  for (const swatch of document.querySelectorAll("canvas[data-kind]")) {
    const c = swatch.getContext("2d");
    c.setTransform(2, 0, 0, 2, 0, 0);
    c.clearRect(0, 0, 30, 12);
    drawLines(c, swatch.dataset.kind, [[{ x: 1, y: 6 }, { x: 29, y: 6, r: 2 }]], colours, 1);
  }
}

/* Of a page that is served: loaded again when the base has changed, with what is searched and picked. */
function follow() {
  fetch("state").then(told => told.text()).then(told => {
    if (told === data.live) return;
    history.replaceState(search.value, "");
    location.reload();
  }).catch(() => { document.getElementById("told").textContent = "kb graph --serve has ended; this is how things stood."; });
}

function begin() {
  document.getElementById("title").textContent = data.title;
  const stated = data.links.filter(link => link.kind !== "cites").length;
  document.getElementById("told").append(...[...data.told, `${counted(data.tensions.length, "tension")}, ${counted(data.notes.length, "note")}, ${counted(stated, "link")} between claims or notes.`].map(each => make("p", {}, each)));
  const kinds = Object.keys(KINDS).filter(kind => data.links.some(link => link.kind === kind) || data.tensions.some(each => each.link === kind));
  if (kinds.length > 1) off.kinds.add("cites"); // what is only cited would hide what is said of it
  document.getElementById("kinds").append(...kinds.map(kind => chip(kind, KINDS[kind].told, off.kinds, true)));
  const who = Object.keys(WHO).filter(who => [...data.links, ...data.tensions].some(each => each.who === who));
  if (who.length > 1) document.getElementById("who").append("Said by", ...who.map(each => chip(each, WHO[each], off.who, false)));
  const folders = [...new Set(data.notes.map(folderOf).filter(Boolean))].sort();
  folder.append(make("option", {}, "All folders"), ...folders.map(name => make("option", { value: name }, name)));
  folder.options[0].value = "";
  folder.hidden = folders.length < 2;
  map = makeMap(document.getElementById("map"), data.notes, data.links.map(link => ({ kind: link.kind, a: link.notes[0], b: link.notes[1] })), at => choose(at === null ? null : { note: at }, false, true));
  drawSwatches();
  document.getElementById("filters").open = innerWidth > 800;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSwatches);
  folder.addEventListener("change", () => choose(null));
  search.addEventListener("input", () => choose(null, true));
  search.addEventListener("keydown", event => {
    const first = list.querySelector(".name, .card");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "ArrowDown" && first) { first.focus(); event.preventDefault(); }
  });
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => map.zoom(Number(button.dataset.zoom)));
  addEventListener("hashchange", () => choose(fromAddress()));
  addEventListener("keydown", event => {
    if (event.key === "/" && event.target !== search && !event.ctrlKey && !event.metaKey) { search.focus(); search.select(); event.preventDefault(); }
    if (event.key === "Escape") { if (!pick) search.value = ""; search.blur(); choose(null); }
    if (event.key === "Enter" && event.target.id === "map") (list.querySelector("h2[tabindex], [aria-current]") || list).focus();
  });
  list.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], all = [...list.querySelectorAll(".card")];
    if (!step || !all.length) return;
    const next = all[all.indexOf(event.target.closest(".card")) + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); event.preventDefault(); }
  });
  search.value = history.state || "";
  choose(fromAddress(), true);
  if (data.live) setInterval(follow, 2000);
}

begin();
