// The page: it draws what layout.js placed, and answers to mouse, keyboard, touch and address.

const begun = performance.now();
const model = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const layers = model.layers, groups = model.groups;
const state = { open: new Set(), chosen: -1, by: "kind", sort: null, view: { x: 0, y: 0, k: 1 } };
let drawn = null;

function el(name, attributes = {}, text) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

function tag(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const key in attributes) {
    if (key === "onclick") made.addEventListener("click", attributes[key]);
    else made.setAttribute(key, attributes[key]);
  }
  made.append(...children);
  return made;
}

// ---- what the data means ------------------------------------------------------------------

groups.forEach((group) => { group.parent = -1; });
groups.forEach((group, number) => group.items.forEach((item) => {
  if (!Array.isArray(item) && item < 0) groups[-item].parent = number;
}));
const home = new Array(layers.length).fill(0); // the innermost group in which a layer stands
groups.forEach((group, number) => group.items.forEach((item) => {
  const place = Array.isArray(item) ? item[0] : item;
  if (place >= 0) home[place] = number;
  else if (groups[-item].layer != null) home[groups[-item].layer] = number;
}));
for (let number = groups.length - 1; number >= 0; number--) {
  const group = groups[number];
  group.all = group.items.flatMap((item) =>
    Array.isArray(item) ? [item[0]] : item < 0 ? groups[-item].all : [item]);
  if (group.layer != null) group.all.push(group.layer);
}
const before = layers.map(() => []), after = layers.map(() => []);
for (const [from, to] of model.edges) {
  before[to].push(from);
  after[from].push(to);
}
const most = {
  p: Math.max(1, ...layers.filter((layer) => layer.inside == null).map((layer) => layer.p || 0)),
  macs: Math.max(1, ...layers.filter((layer) => layer.inside == null).map((layer) => layer.macs || 0)),
};

function reached(start, edges) {
  const found = new Set(), stack = [start];
  while (stack.length) for (const next of edges[stack.pop()]) {
    if (!found.has(next)) { found.add(next); stack.push(next); }
  }
  return found;
}

const groupOfLayer = new Map();
groups.forEach((group, number) => { if (group.layer != null) groupOfLayer.set(group.layer, number); });

// ---- colours ------------------------------------------------------------------------------

const theme = () => document.documentElement.dataset.theme;
const kindColour = (kind) => model.colours[theme()][model.kinds[kind || 0][0]];

function setColours() {
  const root = document.documentElement.style;
  model.kinds.forEach((_, kind) => root.setProperty(`--k${kind}`, kindColour(kind)));
}

function stripOf(layer) {
  if (model.kinds[layer.kind || 0][0] === "unknown") return "url(#hatch)";
  return `var(--k${layer.kind || 0})`;
}

function shadeOf(layer, whole) {
  if (state.by === "kind") return [`var(--k${layer.kind || 0})`, whole ? (layer.p || 0) / whole : 0, "var(--tint)"];
  if (state.by === "frozen") return ["", 0, 0];
  const value = state.by === "macs" ? (layer.macs || 0) / most.macs : (layer.p || 0) / most.p;
  return ["var(--heat)", value, ".45"];
}

function legend() {
  const box = $("legend");
  box.replaceChildren();
  const add = (style, text) => {
    const mark = tag("i");
    Object.assign(mark.style, style);
    box.append(tag("span", {}, mark, text));
  };
  if (state.by === "kind") {
    const found = new Set(layers.map((layer) => layer.kind || 0));
    model.kinds.forEach(([kind, words], number) => {
      if (!found.has(number)) return;
      add(kind === "unknown" ? { borderColor: "var(--ink)" } : { background: `var(--k${number})` }, words);
    });
    add({ background: "var(--track)" }, "shaded part: share of the parameters of what is around");
  } else if (state.by === "frozen") {
    const found = new Set([...layers, ...groups.slice(1)].map((one) => one.state || ""));
    const looks = {
      frozen: { background: "var(--frozen)", border: "1px dashed var(--frozen-line)" },
      trained: { background: "var(--trained)", border: "2px solid var(--trained-line)" },
      partly: { border: "2px dashed var(--trained-line)" },
      updated: { border: "2px dotted var(--frozen-line)" },
    };
    const plain = { border: "1px solid var(--line)" };
    for (const [kind, words] of model.states) if (found.has(kind)) add({ width: "18px", ...(looks[kind] || plain) }, words);
  } else {
    const words = state.by === "macs" ? "multiply-adds" : "parameters";
    add({ background: "var(--heat)" }, `${words}, beside the heaviest layer`);
  }
}

// ---- drawing ------------------------------------------------------------------------------

const MANY = 300; // with more boxes, only those near the view are painted
const spots = new Map(); // by key: where a row or a group stands
let near = null; // what is painted, in the drawing's own measure; nothing: all of it

function draw() {
  drawn = arrange(model, 0, state.open);
  spots.clear();
  const boxes = locate(drawn, 0, 0);
  near = boxes > MANY ? {} : null;
  repaint();
  mapBoxes();
}

function locate(part, dx, dy) {
  let count = part.boxes.length;
  for (const box of part.boxes) {
    const x = dx + box.x, y = dy + box.y;
    if (box.group) spots.set(`g${box.group}`, { x, y, w: box.w, h: box.inner ? HEADER : box.h });
    if (box.inner) count += locate(box.inner, x + (box.w - box.inner.w) / 2, y + HEADER);
    let top = y + 4;
    for (const row of box.rows || []) {
      spots.set(`l${row.layer}.${row.call}`, { x, y: top, w: box.w, h: row.h });
      top += row.h;
    }
  }
  return count;
}

function repaint(whole = false) {
  const focus = document.activeElement?.dataset?.key, world = $("world");
  if (near) {
    const { x, y, k } = state.view, { w, h } = size();
    near = { x0: (-x - w) / k, x1: (2 * w - x) / k, y0: (-y - h) / k, y1: (2 * h - y) / k };
  }
  world.replaceChildren();
  paint(drawn, world, 0, 0, 0, whole ? null : near);
  mark();
  rove(focus);
}

const outside = (x, y, w, h, part) => part && (x > part.x1 || x + w < part.x0 || y > part.y1 || y + h < part.y0);

function paint(part, parent, level, dx, dy, window) {
  for (const wire of part.wires) {
    const top = Math.min(wire.from.y, wire.to.y), low = Math.max(wire.from.y + wire.from.h, wire.to.y + wire.to.h);
    if (outside(dx - 1e9, dy + top, 2e9, low - top, window)) continue;
    const path = el("path", { class: "w", d: wire.path });
    path.ends = [wire.from.layers, wire.to.layers];
    parent.append(path);
  }
  for (const box of part.boxes) {
    if (outside(dx + box.x, dy + box.y, box.w, box.h, window)) continue;
    const spot = el("g", { transform: `translate(${box.x.toFixed(1)} ${box.y.toFixed(1)})` });
    if (box.tag) spot.append(el("text", { class: "so", x: box.w / 2, y: 11, "text-anchor": "middle" }, box.tag));
    else if (box.rows) card(box, spot);
    else groupCard(box, spot, level, dx + box.x, dy + box.y, window);
    parent.append(spot);
  }
}

function card(box, spot) {
  const states = new Set(box.rows.map((row) => layers[row.layer].state).filter(Boolean));
  const mixed = state.by === "frozen" && states.size > 1;
  if (state.by === "frozen" && states.size === 1) spot.setAttribute("class", [...states][0]);
  spot.append(el("rect", { class: "cd", width: box.w.toFixed(1), height: box.h, rx: 4 }));
  let y = 4;
  for (const row of box.rows) {
    const own = layers[row.layer].state;
    if (mixed && own) {
      const around = el("g", { class: own });
      around.append(el("rect", { class: "cd", x: 2.5, y: y + 0.5, width: (box.w - 5).toFixed(1), height: row.h - 1, rx: 3 }));
      spot.append(around);
    }
    spot.append(rowOf(row, box, y));
    y += row.h;
  }
}

function rowOf(row, box, y) {
  const layer = layers[row.layer], text = row.text;
  const made = el("g", {
    class: "row", transform: `translate(0 ${y})`, role: "button", tabindex: -1, "data-layer": row.layer,
    "data-key": `l${row.layer}.${row.call}`, "aria-label": spoken(layer),
  });
  made.append(el("title", {}, layer.path + (text.what === layer.what ? "" : `, ${layer.what}`)));
  const [colour, share, strength] = shadeOf(layer, box.whole);
  const room = box.w - 5;
  if (share * room >= 0.4) {
    made.append(el("rect", { x: 4.5, width: (Math.min(share, 1) * room).toFixed(1), height: row.h, style: `fill:${colour};fill-opacity:${strength}` }));
  }
  if (state.by === "kind") made.append(el("rect", { x: 0.4, width: 4.5, height: row.h, style: `fill:${stripOf(layer)}` }));
  made.append(el("text", { x: 14, y: 13.5, class: text.tall ? "bo" : "" }, text.name));
  made.append(el("text", { x: (20 + wide(text.name, NAME, text.tall)).toFixed(1), y: 13.5, class: "so" }, text.what));
  const at = { x: (box.w - 10).toFixed(1), "text-anchor": "end" };
  made.append(el("text", { ...at, y: 13.5, class: text.number && text.number !== "shared" ? (text.tall ? "bo" : "") : "so" }, text.right));
  if (text.tall) {
    made.append(el("text", { x: 14, y: 29, class: "so" }, short(layer.arith, 40)));
    made.append(el("text", { ...at, y: 29, class: "so" }, layer.out || ""));
  }
  made.append(el("rect", { class: "hit", x: 1, y: 0, width: (box.w - 2).toFixed(1), height: row.h, rx: 2 }));
  return made;
}

function spoken(layer) {
  const params = layer.p ? `, ${thousands(layer.p)} parameters` : layer.p === undefined && layer.weighty ? ", parameters unknown" : "";
  const how = state.by === "frozen" ? `, ${new Map(model.states).get(layer.state || "")}` : "";
  return `${layer.path}, ${layer.cls}${layer.out ? `, output ${layer.out}` : ""}${params}${how}`;
}

function groupCard(box, spot, level, x, y, window) {
  const group = groups[box.group], open = Boolean(box.inner);
  if (state.by === "frozen" && group.state) spot.setAttribute("class", group.state);
  if (!open && group.kind !== "block") {
    for (const by of [8, 4]) spot.append(el("rect", { class: "cd", x: by, y: by, width: box.w.toFixed(1), height: box.h, rx: 5 }));
  }
  spot.append(el("rect", { class: open ? `gp ${level % 2 ? "" : "even"}` : "cd", width: box.w.toFixed(1), height: box.h.toFixed(1), rx: 5 }));
  spot.append(header(box, group, open));
  if (open) {
    const inner = el("g", { transform: `translate(${((box.w - box.inner.w) / 2).toFixed(1)} ${HEADER})` });
    paint(box.inner, inner, level + 1, x + (box.w - box.inner.w) / 2, y + HEADER, window);
    spot.append(inner);
  }
}

function header(box, group, open) {
  const made = el("g", {
    class: "gh", role: "button", tabindex: -1, "aria-expanded": open, "data-group": box.group, "data-key": `g${box.group}`,
    "aria-label": `${group.title}, ${group.kind}, ${group.all.length} layers, ${thousands(group.p)} parameters`,
  });
  const right = (box.w - 12).toFixed(1), title = short(group.title, 28);
  made.append(el("title", {}, group.title));
  made.append(el("path", { class: "tw", d: open ? "M9 12h9l-4.5 6z" : "M10.5 10.5v9l6-4.5z" }));
  let x = 24;
  made.append(el("text", { class: "ti", x, y: 20 }, title));
  x += wide(title, TITLE, true) + 8;
  if (group.mark) {
    const size = Math.max(16, wide(group.mark, SMALL, true) + 7);
    made.append(el("rect", { class: "ch", x: x.toFixed(1), y: 8, width: size, height: 16, rx: 3 }));
    made.append(el("text", { class: "lt", x: (x + size / 2).toFixed(1), y: 19.8 }, group.mark));
    x += size + 8;
  }
  if (group.shape) made.append(el("text", { class: "so", x: x.toFixed(1), y: 19.5 }, group.shape));
  made.append(el("text", { class: "bo", x: right, y: 19.5, "text-anchor": "end" }, thousands(group.p)));
  const bar = box.w - 24, share = model.params ? (group.p || 0) / model.params : 0;
  made.append(el("rect", { class: "tr", x: 12, y: 28, width: bar.toFixed(1), height: 6 }));
  if (share) made.append(el("rect", { x: 12, y: 28, width: Math.max(bar * share, 1).toFixed(1), height: 6, style: `fill:${state.by === "kind" ? `var(--k${group.bar || 0})` : "var(--heat)"}` }));
  made.append(el("text", { class: "so", x: 12, y: 47 }, short(group.says || "", 44)));
  made.append(el("text", { class: "so", x: right, y: 47, "text-anchor": "end" }, percent(group.p, model.params)));
  made.append(el("rect", { class: "hit", x: 1, y: 1, width: (box.w - 2).toFixed(1), height: open ? 52 : box.h - 2, rx: 4 }));
  return made;
}

// Light up what leads to the chosen layer and what it leads to; the rest steps back.
function mark() {
  const world = $("world"), chosen = state.chosen;
  world.classList.toggle("dim", chosen >= 0);
  const up = chosen < 0 ? new Set() : reached(chosen, before), down = chosen < 0 ? new Set() : reached(chosen, after);
  for (const row of world.querySelectorAll(".row")) {
    const layer = Number(row.dataset.layer);
    row.classList.toggle("on", layer === chosen);
    row.classList.toggle("lit", up.has(layer) || down.has(layer));
    if (layer === chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  up.add(chosen);
  down.add(chosen);
  for (const wire of world.querySelectorAll(".w")) {
    const [from, to] = wire.ends;
    // What flows into a group comes from outside, so from above.
    const lit = (set) => chosen >= 0 && (from ? from.some((layer) => set.has(layer)) : set === up)
      && to.some((layer) => set.has(layer));
    const rises = lit(up);
    wire.classList.toggle("up", rises);
    wire.classList.toggle("down", !rises && lit(down));
  }
}

// One stop for the Tab key in the drawing; the arrows go on from there.
function rove(key) {
  const world = $("world");
  const wanted = key && world.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const stop = wanted || world.querySelector(".row.on") || world.querySelector("[data-key]");
  if (stop) stop.setAttribute("tabindex", 0);
  if (wanted) wanted.focus({ preventScroll: true });
}

// ---- view ---------------------------------------------------------------------------------

const size = () => ({ w: $("drawing").clientWidth || 800, h: $("drawing").clientHeight || 600 });

function show() {
  const { x, y, k } = state.view;
  $("world").setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${k.toFixed(4)})`);
  mapView();
  const w = size().w, h = size().h;
  const seen = near && near.x0 !== undefined && -x / k >= near.x0 && (w - x) / k <= near.x1 && -y / k >= near.y0 && (h - y) / k <= near.y1;
  if (near && !seen) repaint();
}

function fit() {
  const { w, h } = size();
  const k = Math.min((w - 48) / drawn.w, (h - 48) / drawn.h, 1.25);
  const legible = Math.max(k, Math.min(0.75, (w - 24) / drawn.w));
  state.view = { k: legible, x: (w - drawn.w * legible) / 2, y: legible > k ? 24 : (h - drawn.h * legible) / 2 };
  show();
}

function zoom(factor, at) {
  const view = state.view, k = Math.min(Math.max(view.k * factor, 0.03), 4);
  view.x = at.x - (at.x - view.x) * k / view.k;
  view.y = at.y - (at.y - view.y) * k / view.k;
  view.k = k;
  show();
}

// Where a layer or a group stands in the drawing, or nothing where it is folded away.
function placeOf(key) {
  const spot = spots.get(key), { x, y, k } = state.view;
  return spot ? { x: x + spot.x * k, y: y + spot.y * k, w: spot.w * k, h: spot.h * k } : null;
}

function centre(key) {
  let place = placeOf(key);
  if (!place) return;
  const { w, h } = size();
  if (state.view.k < 0.6 || (place.w > w - 20)) {
    zoom((place.w > w - 20 ? (w - 20) / place.w : 1 / state.view.k), { x: place.x, y: place.y });
    place = placeOf(key);
  }
  state.view.x += w / 2 - place.x - place.w / 2;
  state.view.y += h / 2 - place.y - place.h / 2;
  show();
}

function mapScale() {
  const map = $("map"), w = map.clientWidth, h = map.clientHeight;
  const k = Math.min((w - 8) / drawn.w, (h - 8) / drawn.h);
  return { k, x: (w - drawn.w * k) / 2, y: (h - drawn.h * k) / 2 };
}

function mapBoxes() {
  const map = $("map"), { k, x, y } = mapScale();
  map.replaceChildren();
  const shown = (part, dx, dy, level) => {
    for (const box of part.boxes) {
      if (box.tag) continue;
      const at = { x: (x + (dx + box.x) * k).toFixed(1), y: (y + (dy + box.y) * k).toFixed(1) };
      if (box.inner && level < 2) shown(box.inner, dx + box.x + (box.w - box.inner.w) / 2, dy + box.y + HEADER, level + 1);
      else map.append(el("rect", { class: "b", ...at, width: Math.max(box.w * k, 1).toFixed(1), height: Math.max(box.h * k, 1).toFixed(1) }));
    }
  };
  shown(drawn, 0, 0, 0);
  map.append(el("rect", { class: "v" }));
}

function mapView() {
  const { k, x, y } = mapScale(), view = state.view, { w, h } = size();
  const frame = $("map").querySelector(".v");
  if (!frame) return;
  const box = { x: x - view.x / view.k * k, y: y - view.y / view.k * k, width: w / view.k * k, height: h / view.k * k };
  for (const key in box) frame.setAttribute(key, box[key].toFixed(1));
}

// ---- folding and choosing -----------------------------------------------------------------

function fold(number, opened) {
  const was = placeOf(`g${number}`);
  if (opened) state.open.add(number);
  else state.open.delete(number);
  draw();
  const now = placeOf(`g${number}`);
  if (was && now) { // the title that was clicked stays where it is
    state.view.x += was.x - now.x;
    state.view.y += was.y - now.y;
  }
  show();
  remember();
}

function unfoldAround(layer) {
  let number = home[layer], changed = false;
  for (; number > 0; number = groups[number].parent) {
    if (!state.open.has(number)) { state.open.add(number); changed = true; }
  }
  return changed;
}

function choose(layer, { centred = true, unfold = true } = {}) {
  state.chosen = layer;
  const moved = layer >= 0 && unfold && unfoldAround(layer);
  if (moved) draw();
  else mark();
  const own = groupOfLayer.get(layer);
  if (moved && !centred) show();
  if (layer >= 0 && centred) centre(own === undefined ? `l${layer}.0` : `g${own}`);
  details();
  chosenRow(true);
  remember();
}

function remember() {
  const words = new URLSearchParams();
  if (state.chosen >= 0) words.set("layer", layers[state.chosen].path);
  if (state.open.size) words.set("open", [...state.open].sort((a, b) => a - b).join("."));
  if (state.asked) words.set("theme", theme());
  if (state.by !== "kind") words.set("by", state.by);
  const text = words.toString();
  try { history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search); } catch { /* an origin without a history */ }
}

function recall() {
  const words = new URLSearchParams(location.hash.slice(1));
  if (["light", "dark"].includes(words.get("theme"))) { state.asked = true; setTheme(words.get("theme")); }
  if (["params", "macs", "frozen"].includes(words.get("by"))) { state.by = words.get("by"); $("by").value = state.by; }
  state.open = new Set((words.get("open") || "").split(".").map(Number).filter((n) => n > 0 && n < groups.length));
  const layer = layers.findIndex((each) => each.path === words.get("layer"));
  state.chosen = layer;
  if (layer >= 0) unfoldAround(layer);
  return layer;
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  $("theme").textContent = name === "dark" ? "Light" : "Dark";
  setColours();
}

// ---- details ------------------------------------------------------------------------------

function details() {
  const box = $("details");
  box.replaceChildren();
  if (state.chosen < 0) return overview(box);
  const layer = layers[state.chosen];
  const shapes = [layer.in, layer.out].filter(Boolean).join(" → ");
  box.append(tag("h2", {}, layer.path), tag("p", { class: "sub" }, [layer.what, shapes].filter(Boolean).join(" · ")));
  if (layer.weighty) {
    box.append(tag("h3", {}, "Parameters"));
    box.append(tag("p", { class: "big", id: "sum" }, layer.arith ? `${layer.arith} = ${thousands(layer.p)}` : thousands(layer.p)));
    if (layer.formula) box.append(tag("p", { class: "symbols" }, layer.formula));
    witnesses(box, layer);
  }
  weights(box, layer);
  work(box, layer);
  python(box, layer);
  connected(box);
  for (const note of layer.notes || []) box.append(tag("p", { class: "sub" }, note));
  const config = model.configs[layer.cfg];
  if (config && config !== "{}") {
    const text = tag("pre", {}, config.replace(/^\{|\}$/g, "").replace(/, "/g, '\n"'));
    box.append(tag("details", {}, tag("summary", {}, "Config"), text));
  }
}

function overview(box) {
  box.append(tag("h2", {}, model.title), tag("p", { class: "sub" }, model.facts));
  if (model.signature) box.append(tag("h3", {}, "Blocks"), tag("p", { class: "sub" }, model.signature));
  box.append(tag("h3", {}, "Keys"), tag("p", { class: "sub" },
    "Click a layer to take its number apart. Click a title to fold. / finds a layer, ↑ ↓ go from layer to layer, Enter folds, Esc lets go."));
}

function witnesses(box, layer) {
  const said = [["formula", layer.p], ["stored in the file", layer.stored], ["model.summary()", layer.summary]].filter(([, count]) => count !== undefined);
  if (said.length < 2) return;
  const line = tag("p", { class: "witness" });
  for (const [who, count] of said) {
    const agrees = count === layer.p;
    line.append(tag("span", {}, tag("b", { class: agrees ? "yes" : "no" }, agrees ? "✓ " : "✗ "), `${who} ${thousands(count)}`));
  }
  box.append(line);
}

function weights(box, layer) {
  if (!layer.w) return;
  const table = tag("table");
  for (const [name, shape, count, how] of layer.w) {
    table.append(tag("tr", {}, tag("td", {}, name), tag("td", {}, shape), tag("td", { class: "r" }, thousands(count)), tag("td", {}, how)));
  }
  box.append(tag("h3", {}, "Weights"), table);
}

function work(box, layer) {
  const words = [];
  if (layer.p) words.push(`${percent(layer.p, model.params)} of the model`);
  if (layer.macs) words.push(`${thousands(layer.macs)} MACs`);
  if (words.length) box.append(tag("p", { class: "sub" }, words.join(" · ")));
}

// What the program calls the output of a layer, each name with its line.
function python(box, layer) {
  if (!layer.python) return;
  const table = tag("table", { id: "python" });
  for (const [name, line, scope] of layer.python) {
    table.append(tag("tr", {}, tag("td", {}, tag("code", {}, name)), tag("td", {}, line ? `${model.program}:${line}` : model.program), tag("td", {}, scope ? `in ${scope.replaceAll("/", " › ")}` : "")));
  }
  box.append(tag("h3", {}, "In Python"), table);
}

function connected(box) {
  const line = tag("p", { class: "sub" });
  const links = (words, ends) => {
    if (!ends.length) return;
    line.append(line.childNodes.length ? " · " : "", `${words} `);
    ends.slice(0, 8).forEach((end, place) => line.append(place ? ", " : "", tag("a", { href: `#layer=${encodeURIComponent(layers[end].path)}`, onclick: (event) => { event.preventDefault(); choose(end); } }, layers[end].path)));
    if (ends.length > 8) line.append(` and ${ends.length - 8} more`);
  };
  links("from", before[state.chosen]);
  links("to", after[state.chosen]);
  const around = [];
  for (let number = home[state.chosen]; number > 0; number = groups[number].parent) around.unshift(groups[number].title);
  if (line.childNodes.length) box.append(tag("h3", {}, "Connected"), line);
  if (around.length) box.append(tag("p", { class: "sub" }, `in ${around.join(" › ")}`));
}

// ---- table --------------------------------------------------------------------------------

const ROW = 24, ALL = 600; // longer tables draw only the rows that are seen
let order = layers.map((_, place) => place);

function sorted() {
  order = layers.map((_, place) => place);
  if (!state.sort) return;
  const { key, down } = state.sort;
  const value = (place) => layers[place][key] ?? (key === "p" ? -1 : "");
  order.sort((a, b) => {
    const one = value(a), other = value(b);
    const by = typeof one === "number" ? one - other : String(one).localeCompare(String(other), "en", { numeric: true });
    return (down ? -by : by) || a - b;
  });
}

function rows() {
  const body = $("table").tBodies[0], list = $("list");
  let first = 0, last = order.length;
  if (order.length > ALL) {
    first = Math.max(0, Math.floor(list.scrollTop / ROW) - 10);
    last = Math.min(order.length, first + Math.ceil((list.clientHeight || 600) / ROW) + 20);
  }
  const made = [];
  if (first) made.push(gap(first));
  for (let i = first; i < last; i++) made.push(rowInTable(order[i]));
  if (last < order.length) made.push(gap(order.length - last));
  body.replaceChildren(...made);
  chosenRow(false);
}

function gap(count) {
  const row = tag("tr", { "aria-hidden": "true" });
  row.style.height = `${count * ROW}px`;
  return row;
}

function rowInTable(place) {
  const layer = layers[place], bar = tag("div");
  bar.style.width = `${100 * (layer.p || 0) / most.p}%`;
  if (!layer.p || layer.inside != null) bar.hidden = true;
  const row = tag("tr", { "data-place": place },
    tag("td", { class: "n", title: layer.path }, layer.name), tag("td", { class: "c", title: layer.cls }, layer.cls),
    tag("td", { class: "o", title: layer.out || "" }, layer.out || ""), tag("td", { class: "r" }, layer.weighty ? thousands(layer.p) : ""),
    tag("td", { class: "s" }, bar));
  row.firstChild.style.paddingLeft = `${12 + 12 * Math.min(layer.path.split("/").length - 1, 4)}px`;
  row.style.setProperty("--kind", `var(--k${layer.kind || 0})`);
  return row;
}

function chosenRow(scrolled) {
  const list = $("list");
  if (scrolled && state.chosen >= 0) {
    const top = order.indexOf(state.chosen) * ROW, seen = list.clientHeight - 60;
    if (top < list.scrollTop || top > list.scrollTop + seen) list.scrollTop = top - seen / 2;
    if (order.length > ALL) return rows();
  }
  for (const row of $("table").tBodies[0].rows) row.classList.toggle("on", Number(row.dataset.place) === state.chosen);
}

// ---- search -------------------------------------------------------------------------------

let hits = [], hit = 0;

function search() {
  const words = $("find").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  hits = [];
  if (words.length) {
    const rank = (layer) => layer.name.toLowerCase() === words[0] ? 0 : layer.name.toLowerCase().startsWith(words[0]) ? 1 : 2;
    layers.forEach((layer, place) => {
      const text = `${layer.path} ${layer.what}`.toLowerCase();
      if (words.every((word) => text.includes(word))) hits.push(place);
    });
    hits.sort((a, b) => rank(layers[a]) - rank(layers[b]) || a - b);
    hits = hits.slice(0, 40);
  }
  hit = 0;
  listHits();
}

function listHits() {
  const list = $("hits");
  list.hidden = !hits.length;
  $("find").setAttribute("aria-expanded", String(!list.hidden));
  list.replaceChildren(...hits.map((place, number) => {
    const layer = layers[place];
    return tag("li", { role: "option", id: `hit${number}`, "aria-selected": number === hit, "data-place": place },
      tag("b", {}, short(layer.path, 44)), tag("span", {}, layer.cls), tag("em", {}, layer.weighty ? thousands(layer.p) : ""));
  }));
  if (hits.length) $("find").setAttribute("aria-activedescendant", `hit${hit}`);
  else $("find").removeAttribute("aria-activedescendant");
  list.children[hit]?.scrollIntoView({ block: "nearest" });
}

function closeHits() {
  hits = [];
  listHits();
}

$("find").addEventListener("input", search);
$("find").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    hit = Math.min(Math.max(hit + (event.key === "ArrowDown" ? 1 : -1), 0), Math.max(hits.length - 1, 0));
    listHits();
  } else if (event.key === "Enter" && hits.length) {
    const place = hits[hit];
    closeHits();
    $("find").blur();
    choose(place);
  } else if (event.key === "Escape") {
    closeHits();
    $("find").blur();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
$("find").addEventListener("blur", () => setTimeout(closeHits, 150));
$("hits").addEventListener("pointerdown", (event) => {
  const item = event.target.closest("li");
  if (!item) return;
  event.preventDefault();
  const place = Number(item.dataset.place);
  closeHits();
  choose(place);
});

// ---- mouse and touch ----------------------------------------------------------------------

const pointers = new Map();
let travelled = 0, spread = 0;

$("drawing").addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  travelled = 0;
  spread = 0;
});
$("drawing").addEventListener("pointermove", (event) => {
  const was = pointers.get(event.pointerId);
  if (!was) return;
  const now = { x: event.clientX, y: event.clientY };
  pointers.set(event.pointerId, now);
  if (pointers.size === 2) return pinch();
  travelled += Math.abs(now.x - was.x) + Math.abs(now.y - was.y);
  if (travelled < 4) return;
  if (!event.currentTarget.hasPointerCapture(event.pointerId)) event.currentTarget.setPointerCapture(event.pointerId);
  event.currentTarget.classList.add("held");
  state.view.x += now.x - was.x;
  state.view.y += now.y - was.y;
  show();
});

function pinch() {
  const [one, other] = [...pointers.values()], frame = $("drawing").getBoundingClientRect();
  const apart = Math.hypot(one.x - other.x, one.y - other.y);
  if (spread) zoom(apart / spread, { x: (one.x + other.x) / 2 - frame.left, y: (one.y + other.y) / 2 - frame.top });
  spread = apart;
  travelled = 99;
}

for (const name of ["pointerup", "pointercancel"]) {
  $("drawing").addEventListener(name, (event) => {
    pointers.delete(event.pointerId);
    spread = 0;
    event.currentTarget.classList.remove("held");
  });
}
$("drawing").addEventListener("click", (event) => {
  if (travelled >= 4) return;
  const row = event.target.closest(".row"), title = event.target.closest(".gh");
  if (row) choose(Number(row.dataset.layer), { centred: false });
  else if (title) pressed(title);
  else choose(-1);
});

function pressed(title) {
  const number = Number(title.dataset.group), group = groups[number];
  if (group.layer != null && state.chosen !== group.layer && !state.open.has(number)) {
    state.chosen = group.layer;
    details();
    chosenRow(true);
  }
  fold(number, !state.open.has(number));
}

$("drawing").addEventListener("wheel", (event) => {
  event.preventDefault();
  const frame = $("drawing").getBoundingClientRect();
  if (event.ctrlKey || event.metaKey) {
    zoom(Math.exp(-event.deltaY * 0.004), { x: event.clientX - frame.left, y: event.clientY - frame.top });
  } else {
    const lines = event.deltaMode === 1 ? 16 : 1;
    state.view.x -= (event.shiftKey ? event.deltaY : event.deltaX) * lines;
    state.view.y -= (event.shiftKey ? 0 : event.deltaY) * lines;
    show();
  }
}, { passive: false });

function steer(event) {
  const frame = $("map").getBoundingClientRect(), { k, x, y } = mapScale(), { w, h } = size(), view = state.view;
  view.x = w / 2 - (event.clientX - frame.left - x) / k * view.k;
  view.y = h / 2 - (event.clientY - frame.top - y) / k * view.k;
  show();
}
$("map").addEventListener("pointerdown", (event) => { event.currentTarget.setPointerCapture(event.pointerId); steer(event); });
$("map").addEventListener("pointermove", (event) => { if (event.buttons) steer(event); });

// ---- keyboard -----------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, summary, nav, th, a") || event.ctrlKey || event.metaKey || event.altKey) return;
  const title = event.target.closest?.(".gh"), row = event.target.closest?.(".row");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (event.key === "/") $("find").focus();
  else if (event.key === "Escape") choose(-1);
  else if (step) walk(step);
  else if ((event.key === "Enter" || event.key === " ") && title) pressed(title);
  else if ((event.key === "Enter" || event.key === " ") && row) choose(Number(row.dataset.layer), { centred: false });
  else if ((event.key === "Enter" || event.key === " ") && state.chosen >= 0 && home[state.chosen]) fold(home[state.chosen], !state.open.has(home[state.chosen]));
  else if (event.key === "+" || event.key === "=") zoom(1.25, { x: size().w / 2, y: size().h / 2 });
  else if (event.key === "-") zoom(0.8, { x: size().w / 2, y: size().h / 2 });
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
});

// To the next or previous row or title that is seen, in the order in which they are drawn.
function walk(step) {
  const stops = [...$("world").querySelectorAll("[data-key]")];
  const focused = stops.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : stops.findIndex((stop) => stop.classList.contains("on"));
  const next = stops[Math.min(Math.max(at + step, 0), stops.length - 1)];
  if (!next) return;
  for (const stop of stops) stop.setAttribute("tabindex", -1);
  next.setAttribute("tabindex", 0);
  next.focus({ preventScroll: true });
  if (next.dataset.layer !== undefined) choose(Number(next.dataset.layer), { unfold: false, centred: false });
  centre(next.dataset.key);
}

// ---- buttons ------------------------------------------------------------------------------

function reopen(numbers) {
  state.open = new Set(numbers);
  draw();
  fit();
  remember();
}

$("fold").addEventListener("click", () => reopen([]));
$("stages").addEventListener("click", () => reopen(groups.map((_, number) => number).filter((number) => number && groups[number].kind !== "block")));
$("fit").addEventListener("click", fit);
$("by").addEventListener("change", (event) => { state.by = event.target.value; legend(); draw(); show(); remember(); });
$("theme").addEventListener("click", () => { state.asked = true; setTheme(theme() === "dark" ? "light" : "dark"); remember(); });
$("table").tHead.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const key = button.dataset.sort, was = state.sort;
  state.sort = was?.key !== key ? { key, down: true } : was.down ? { key, down: false } : null;
  for (const cell of $("table").tHead.rows[0].cells) {
    const own = state.sort?.key === cell.firstElementChild.dataset.sort;
    cell.setAttribute("aria-sort", own ? (state.sort.down ? "descending" : "ascending") : "none");
  }
  sorted();
  $("list").scrollTop = 0;
  rows();
});
$("table").tBodies[0].addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-place]");
  if (row) choose(Number(row.dataset.place));
});
$("list").addEventListener("scroll", () => { if (order.length > ALL) rows(); });

function tell(text) {
  $("said").textContent = text;
}

// The drawing as a file of its own: the colours of now, written out.
function standalone() {
  const style = getComputedStyle(document.documentElement);
  const copy = el("svg", { xmlns: SVG, viewBox: `-16 -16 ${drawn.w + 32} ${drawn.h + 32}`, width: drawn.w + 32, height: drawn.h + 32, id: "drawing", "font-family": FACE });
  const rules = [...document.styleSheets[0].cssRules].map((rule) => rule.cssText).filter((text) => /^(#drawing|\.)/.test(text)).join("\n");
  copy.append(el("style", {}, rules.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name))));
  copy.append($("drawing").querySelector("defs").cloneNode(true));
  copy.append(el("rect", { x: -16, y: -16, width: drawn.w + 32, height: drawn.h + 32, fill: style.getPropertyValue("--panel") }));
  if (near) repaint(true);
  const world = $("world").cloneNode(true);
  if (near) repaint();
  world.removeAttribute("transform");
  for (const item of world.querySelectorAll("[style]")) item.setAttribute("style", item.getAttribute("style").replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name)));
  copy.append(world);
  return new XMLSerializer().serializeToString(copy);
}

function save(blob, name) {
  const link = tag("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  tell(`saved ${name}`);
}

$("copy").addEventListener("click", async () => {
  const text = standalone();
  try {
    await navigator.clipboard.writeText(text);
    tell("copied");
  } catch { save(new Blob([text], { type: "image/svg+xml" }), "model.svg"); }
});
$("png").addEventListener("click", () => {
  const image = new Image(), scale = Math.min(2, 8000 / Math.max(drawn.w, drawn.h));
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = (drawn.w + 32) * scale;
    canvas.height = (drawn.h + 32) * scale;
    const brush = canvas.getContext("2d");
    brush.scale(scale, scale);
    brush.drawImage(image, 0, 0);
    canvas.toBlob(async (blob) => {
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        tell("copied");
      } catch { save(blob, "model.png"); }
    });
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone())}`;
});

// ---- begin --------------------------------------------------------------------------------

setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
$("title").textContent = model.title;
$("facts").textContent = [model.facts, model.signature].filter(Boolean).join(" · ");
$("facts").title = $("facts").textContent;
$("stages").hidden = groups.length < 2;
$("fold").hidden = groups.length < 2;
const start = recall();
legend();
draw();
fit();
details();
if (start >= 0) choose(start);
setTimeout(() => { rows(); chosenRow(true); }); // the drawing first, its table a moment later
addEventListener("hashchange", () => { const layer = recall(); legend(); draw(); show(); choose(layer); });
addEventListener("resize", () => { show(); rows(); });
document.documentElement.dataset.ready = (performance.now() - begun).toFixed(0);
