"use strict";
// Sizes and places. Order and ranks come with the page; here boxes are measured, ranks get the
// height of their tallest box, and neighbours are pushed apart until nothing touches.

const NAME = 12, SMALL = 10.5, TITLE = 14;
const LINE = 19, SECOND = 16, APART = 20, LANE = 14, HEADER = 58, PAD = 16;
const FACE = getComputedStyle(document.body).fontFamily;
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function wide(text, size, bold) {
  const key = size + (bold ? "b" : "n") + text;
  let known = widths.get(key);
  if (known === undefined) {
    pen.font = `${bold ? 650 : 400} ${size}px ${FACE}`;
    known = pen.measureText(text).width;
    widths.set(key, known);
  }
  return known;
}

// The middle of a long text is left out; its whole is in the title of what shows it.
function short(text, limit) {
  const signs = [...text];
  if (signs.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 2);
  return signs.slice(0, limit - 1 - tail).join("") + "…" + signs.slice(-tail).join("");
}

const thousands = (count) => count == null ? "?" : count.toLocaleString("en-US");

function percent(part, whole) {
  if (!part || !whole) return "0 %";
  const share = 100 * part / whole;
  return share < 0.1 ? "<0.1 %" : `${share.toFixed(1)} %`;
}

// What a row says: name, class, the text at its right, and a second line for owners of a kernel.
function rowText(layer, call, prefix) {
  const name = layer.name.startsWith(prefix) && layer.name !== prefix ? layer.name.slice(prefix.length) : layer.name;
  const again = call > 0 && layer.weighty;
  const number = again ? "shared" : layer.weighty ? thousands(layer.p) : "";
  return {
    name: short(name, 32), what: short(layer.what, 40), number,
    right: number || layer.out || "", tall: Boolean(layer.tall && layer.arith && !call),
  };
}

function rowSize(layer, call, prefix) {
  const text = rowText(layer, call, prefix);
  const first = wide(text.name, NAME, text.tall) + 6 + wide(text.what, SMALL)
    + wide(text.right, text.number ? NAME : SMALL, text.tall);
  const second = text.tall ? wide(short(layer.arith, 40), SMALL) + wide(layer.out || "", SMALL) : 0;
  return { w: Math.max(first, second) + 14 + 18 + 10, h: LINE + (text.tall ? SECOND : 0), text };
}

function groupSize(group) {
  const first = 24 + wide(short(group.title, 28), TITLE, true) + (group.mark ? 26 : 0) + 8
    + wide(group.shape || "", SMALL) + 18 + wide(thousands(group.p), NAME, true) + 12;
  const second = wide(short(group.says || "", 44), SMALL) + 18 + wide("58.5 %", SMALL) + 24;
  return { w: Math.max(first, second, 190), h: 56 };
}

// The layout of one group and of all that is open inside: boxes with places from 0, 0, and wires.
function arrange(model, number, open) {
  const group = model.groups[number], region = model.regions[group.region];
  const boxes = region.boxes.map((members) => boxOf(model, group, region, members, open));
  const count = boxes.length;
  const x = region.x.map((value) => value);
  const half = (item) => (item < count ? boxes[item].w : LANE) / 2;
  for (const rank of region.ranks) push(rank, x, half);
  const heights = region.ranks.map((rank) =>
    Math.max(0, ...rank.filter((item) => item < count).map((item) => boxes[item].h)));
  const ports = portsOf(region, x, half, count);
  const steps = new Array(Math.max(region.ranks.length - 1, 0)).fill(0);
  const rankOf = new Map();
  region.ranks.forEach((rank, place) => rank.forEach((item) => rankOf.set(item, place)));
  region.wires.forEach((wire, place) => {
    const line = lineOf(wire, x, ports[place]);
    for (let i = 0; i + 1 < line.length; i++) {
      const rank = rankOf.get(wire[1]) + i;
      steps[rank] = Math.max(steps[rank], Math.abs(line[i] - line[i + 1]));
    }
  });
  const tops = [];
  let y = 0;
  heights.forEach((height, rank) => {
    tops.push(y);
    y += height + (rank < steps.length ? Math.min(Math.max(24, 18 + 0.13 * steps[rank]), 56) : 0);
  });
  const left = Math.min(...region.ranks.flat().map((item) => x[item] - half(item)), 0);
  const right = Math.max(...region.ranks.flat().map((item) => x[item] + half(item)), 0);
  boxes.forEach((box, item) => {
    box.x = x[item] - box.w / 2 - left;
    box.y = tops[rankOf.get(item)] + (heights[rankOf.get(item)] - box.h) / 2;
  });
  const wires = region.wires.map((wire, place) => {
    const line = lineOf(wire, x, ports[place]).map((value) => value - left);
    const from = wire[1], to = wire[wire.length - 1], first = rankOf.get(from);
    return {
      path: curve(line, boxes[from].y + boxes[from].h, boxes[to].y, first, tops, heights),
      from: boxes[from], to: boxes[to],
    };
  });
  return { w: right - left, h: y, boxes, wires, number };
}

function boxOf(model, group, region, members, open) {
  if (members[0] < region.tags) {
    const text = `in ${group.in[members[0]] || ""}`;
    return { tag: text, w: wide(text, SMALL) + 4, h: 16, layers: null };
  }
  const items = members.map((place) => group.items[place - region.tags]);
  if (!Array.isArray(items[0]) && items[0] < 0) return groupBox(model, -items[0], open);
  const rows = items.map((item) => {
    const [place, call] = Array.isArray(item) ? item : [item, 0];
    return { layer: place, call, ...rowSize(model.layers[place], call, group.prefix || "") };
  });
  return {
    rows, w: Math.max(...rows.map((row) => row.w)),
    h: rows.reduce((sum, row) => sum + row.h, 0) + 8, layers: rows.map((row) => row.layer),
    whole: group.p ?? model.params,
  };
}

function groupBox(model, number, open) {
  const group = model.groups[number], closed = groupSize(group);
  if (!open.has(number)) return { group: number, w: closed.w, h: closed.h, layers: group.all };
  const inner = arrange(model, number, open);
  return {
    group: number, inner, w: Math.max(closed.w, inner.w + 2 * PAD), h: HEADER + inner.h + PAD,
    layers: group.all,
  };
}

// Neighbours of a rank moved apart, the whole rank then back so that what is wide hardly moves.
function push(rank, x, half) {
  let moved = 0, all = 0;
  for (let i = 1; i < rank.length; i++) {
    const least = x[rank[i - 1]] + half(rank[i - 1]) + half(rank[i]) + APART;
    if (x[rank[i]] < least) {
      moved += (least - x[rank[i]]) * half(rank[i]);
      x[rank[i]] = least;
    }
  }
  for (const item of rank) all += half(item);
  if (moved) for (const item of rank) x[item] -= moved / all;
}

// How far from the middle each wire leaves and arrives: a tensor leaves from one point, different
// tensors arrive at different points, the straightest in the middle.
function portsOf(region, x, half, count) {
  const leaving = new Map(), arriving = new Map();
  region.wires.forEach((wire, place) => {
    const [output, from] = wire, to = wire[wire.length - 1];
    if (!leaving.has(from)) leaving.set(from, new Set());
    leaving.get(from).add(output);
    if (!arriving.has(to)) arriving.set(to, []);
    arriving.get(to).push(place);
  });
  const ports = region.wires.map(([output, from]) => {
    const outputs = [...leaving.get(from)].sort((a, b) => a - b);
    return [(outputs.indexOf(output) - (outputs.length - 1) / 2) * 10, 0];
  });
  for (const [to, places] of arriving) {
    const room = Math.max(half(to) - 10, 0);
    const off = (place) => {
      const wire = region.wires[place], before = wire[wire.length - 2];
      return x[before] + (before < count ? ports[place][0] : 0) - x[to];
    };
    const order = [...places].sort((a, b) => off(a) - off(b));
    if (order.length === 1) {
      const only = off(order[0]);
      ports[order[0]][1] = Math.abs(only) <= Math.min(room, 60) ? only : 0;
      continue;
    }
    const apart = Math.min(10, 2 * room / (order.length - 1));
    let middle = 0;
    order.forEach((place, i) => { if (Math.abs(off(place)) < Math.abs(off(order[middle]))) middle = i; });
    let start = Math.abs(off(order[middle])) > 3 ? -(order.length - 1) / 2 : -middle;
    if (Math.max(Math.abs(start), order.length - 1 + start) * apart > room) start = -(order.length - 1) / 2;
    order.forEach((place, i) => { ports[place][1] = (start + i) * apart; });
  }
  return ports;
}

function lineOf(wire, x, port) {
  const line = wire.slice(1).map((item) => x[item]);
  line[0] += port[0];
  line[line.length - 1] += port[1];
  return line;
}

// Straight through a rank, bent only between two of them; the last bit straight for the arrow.
function curve(line, start, end, first, tops, heights) {
  const n = (value) => Math.round(value * 10) / 10;
  let path = `M${n(line[0])} ${n(start)}`;
  for (let i = 0; i + 1 < line.length; i++) {
    const low = tops[first + i] + heights[first + i], last = i + 2 === line.length;
    const high = last ? tops[first + i + 1] - 8 : tops[first + i + 1];
    path += `L${n(line[i])} ${n(low)}`;
    if (Math.abs(line[i] - line[i + 1]) > 0.05) {
      const half = n((low + high) / 2);
      path += `C${n(line[i])} ${half} ${n(line[i + 1])} ${half} ${n(line[i + 1])} ${n(high)}`;
    }
  }
  return `${path}L${n(line[line.length - 1])} ${n(end - 1)}`;
}
