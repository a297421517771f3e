"use strict";
// Plays a session. All of it is in this page: nothing is fetched, and whatever somebody
// else wrote becomes text, never markup.
(() => {
  const session = JSON.parse(document.getElementById("session").textContent);
  const at = (id) => document.getElementById(id);
  const GLYPHS = { queued: "○", starting: "◌", running: "●", pausing: "◐", paused: "‖", waiting: "◆", done: "✓", failed: "✗", stopped: "■" };
  const HUES = { queued: "ash", starting: "sky", running: "sea", pausing: "plum", paused: "plum", waiting: "sun", done: "leaf", failed: "rose", stopped: "ash" };
  const MARKS = { direction: "plum", trouble: "rose", request: "sun", end: "leaf" };
  const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
  // What is shown of a log at once: in the grid, and alone.
  const FEW = 24, MANY = 400;
  // A stretch in which nothing happens is played no longer than this.
  const GAP = 2000;
  const state = { now: 0, playing: false, speed: 2, zoomed: null, focus: 0, tab: "log", more: 0, hits: [], hit: -1, words: "", pinned: null };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  function make(tag, kind, text) {
    const it = document.createElement(tag);
    if (kind) it.className = kind;
    if (text !== undefined && text !== null) it.textContent = text;
    return it;
  }
  function clock(ms) {
    const s = Math.floor(ms / 1000), h = Math.floor(s / 3600), two = (n) => String(n).padStart(2, "0");
    return h ? h + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60) : Math.floor(s / 60) + ":" + two(s % 60);
  }
  // How many of the times in a sorted list are not behind this one.
  function passed(list, time, of) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (of(list[middle]) <= time) low = middle + 1; else high = middle;
    }
    return low;
  }
  const first = (it) => it[0];
  const latest = (list, time) => { const n = passed(list, time, first); return n ? list[n - 1] : null; };

  // Every moment at which something changes, to step by and to squeeze gaps.
  const moments = (() => {
    const all = new Set([0, session.lasted]);
    for (const agent of session.agents) {
      for (const it of agent.log) { all.add(it.t); if (it.e) all.add(it.e); }
      for (const it of agent.status) all.add(it[0]);
      for (const it of agent.pictures) all.add(it[0]);
    }
    for (const it of session.asides) all.add(it[0]);
    return Float64Array.from(all).sort();
  })();

  // ── Words ────────────────────────────────────────────────────────────────
  function inline(into, text) {
    const marks = /(`[^`\n]+`)|(\*\*(?:`[^`\n]*`|[^*\n])+\*\*)|(\*[^*\s][^*\n]*\*)/g;
    let done = 0;
    for (let found; (found = marks.exec(text));) {
      into.append(text.slice(done, found.index));
      if (found[1]) into.append(make("code", "", found[1].slice(1, -1)));
      else {
        const width = found[2] ? 2 : 1, part = make(found[2] ? "strong" : "em");
        inline(part, found[0].slice(width, -width));
        into.append(part);
      }
      done = found.index + found[0].length;
    }
    into.append(text.slice(done));
  }
  function prose(text) {
    const box = make("div", "said");
    const lines = text.split("\n");
    let paragraph = [];
    const flush = () => {
      if (paragraph.length) { const p = make("p"); inline(p, paragraph.join("\n")); box.append(p); }
      paragraph = [];
    };
    for (let n = 0; n < lines.length; n++) {
      const line = lines[n], fence = /^\s*(```+|~~~+)/.exec(line);
      if (fence) {
        flush();
        const code = [];
        for (n++; n < lines.length && !lines[n].trim().startsWith(fence[1]); n++) code.push(lines[n]);
        box.append(make("pre", "", code.join("\n")));
        continue;
      }
      const heading = /^#{1,6}\s+(.*)/.exec(line), item = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)/.exec(line), quote = /^>\s?(.*)/.exec(line);
      if (heading) { flush(); const h = make("div", "h"); inline(h, heading[1]); box.append(h); }
      else if (item) { flush(); const li = make("div", "li"); li.append(item[1] + (item[2] ? item[2] + ". " : "• ")); inline(li, item[3]); box.append(li); }
      else if (quote) { flush(); const q = make("div", "quote"); inline(q, quote[1]); box.append(q); }
      else if (!line.trim()) flush();
      else paragraph.push(line);
    }
    flush();
    return box;
  }
  // What of a text had come by now: it streamed from its start to its end.
  function come(it, now) {
    if (!it.e || now >= it.e || it.e <= it.t) return it.x;
    const share = Math.max(0, Math.min(1, (now - it.t) / (it.e - it.t)));
    return Array.from(it.x).slice(0, Math.ceil(Array.from(it.x).length * share)).join("");
  }

  // ── One entry ────────────────────────────────────────────────────────────
  function tool(it, now, alone) {
    const over = it.ok !== null && now >= (it.e || it.t);
    const box = make("div", "tool" + (over && it.ok === false ? " failed" : ""));
    const line = make("div", "line");
    const sign = over ? (it.ok ? "✓" : "✗") : it.dropped ? "○" : "●";
    line.append(make("span", over ? (it.ok ? "good" : "bad") : "dim", sign + " "), make("span", "name", it.tool), " ", it.x);
    if (over && it.took >= 1000) line.append(make("span", "dim", " · " + clock(it.took)));
    box.append(line);
    if (alone && it.i) {
      const input = make("details"), shown = make("pre", "", it.i);
      input.append(make("summary", "", "input"), shown);
      box.append(input);
    }
    if (over && it.o) {
      if (it.left) box.append(make("div", "dim", "   … the end of " + it.left + " bytes"));
      box.append(make("pre", "", alone ? it.o : it.o.split("\n").slice(-4).join("\n")));
    }
    if (over && it.note) box.append(make("div", "dim changes", it.note));
    for (const [path, added, removed] of over ? it.f || [] : []) {
      const change = make("div", "changes");
      change.append(path + " ", make("span", "good", "+" + added), " ", make("span", "bad", "−" + removed));
      box.append(change);
    }
    return box;
  }
  function told(it, now, alone) {
    const settled = !it.e || now >= it.e;
    switch (it.k) {
      case "brief": return make("div", "brief", it.x);
      case "said": { const box = prose(come(it, now)); if (it.cut && settled) box.append(make("div", "dim", "cut here")); return box; }
      case "thought": return make("div", "thought", come(it, now));
      case "tool": return tool(it, now, alone);
      case "direction": return make("div", "direction", "▸ " + it.by + ": " + it.x);
      case "redirect": {
        const box = make("div", "direction", "▸ " + it.by + ": " + it.x);
        box.append(make("span", "dim", " (" + (settled ? it.s : "queued") + ")"));
        return box;
      }
      case "request": {
        const box = make("div", "asked", "◆ " + it.x);
        if (it.a !== null && settled) box.append(make("span", "direction", "\n  " + it.a));
        return box;
      }
      case "report": { const box = prose(it.x); box.prepend(make("div", "good", "▣ report")); return box; }
      case "hand": return make("div", "direction", "⇢ hands off to " + it.to + (it.x ? ": " + it.x : ""));
      case "end": { const box = make("div", it.ok ? "good" : "bad", (it.ok ? "✓ done" : "✗ ") + (it.ok ? "" : it.x)); if (it.ok && it.x) box.append(prose(it.x)); return box; }
      case "retry": return make("div", "warn", "↻ " + it.x + (it.why ? " (" + it.why + ")" : ""));
      default: return make("div", it.l === "note" ? "dim" : it.l === "warning" ? "warn" : "bad", "· " + it.x);
    }
  }
  function entry(it, now, alone) {
    const box = told(it, now, alone);
    box.classList.add("entry");
    if (alone) box.title = clock(it.t);
    if (state.pinned === it) box.classList.add("hit");
    return box;
  }
  function turnLine(agent, turn) {
    const it = agent.turns.find((known) => known[0] === turn);
    const words = ["turn " + turn];
    if (it) { words.push(clock(it[1])); if (it[2]) words.push(it[2]); if (it[3] + it[4]) words.push(it[3] + " in, " + it[4] + " out"); words.push(it[5]); if (it[6]) words.push("cut"); }
    return make("div", "turn", words.join(" · "));
  }

  // ── Panes ────────────────────────────────────────────────────────────────
  const statusOf = (agent) => { const it = latest(agent.status, state.now); return it ? it[1] : null; };
  const spentOf = (agent) => { const it = latest(agent.spent, state.now); return it ? it[1] : "$0.00"; };
  const panes = session.agents.map((agent, nth) => {
    const box = make("section", "pane grid");
    box.tabIndex = 0;
    box.setAttribute("role", "listitem");
    box.dataset.agent = agent.name;
    const head = make("h2"), sign = make("span", "sign"), name = make("span", "name", agent.name), role = make("span", "role", agent.role === agent.name ? agent.model : agent.role), spent = make("span", "spent cost");
    head.append(sign, name, role, spent);
    const log = make("div", "log");
    box.append(head, log);
    box.addEventListener("click", () => zoom(nth));
    box.addEventListener("focus", () => { state.focus = nth; });
    at("grid").append(box);
    return { box, sign, spent, log, drawn: "" };
  });
  function drawPane(nth) {
    const agent = session.agents[nth], pane = panes[nth], status = statusOf(agent);
    const count = passed(agent.log, state.now, (it) => it.t);
    const open = agent.log.slice(Math.max(0, count - FEW), count).some((it) => it.e > state.now);
    const picture = latest(agent.pictures, state.now);
    const key = [status, count, open ? state.now : 0, spentOf(agent), picture ? picture[0] : ""].join();
    pane.box.classList.toggle("focused", state.focus === nth);
    if (pane.drawn === key) return;
    pane.drawn = key;
    pane.box.classList.toggle("absent", status === null);
    pane.box.classList.toggle("attention", status === "waiting");
    pane.box.dataset.status = status || "";
    pane.sign.textContent = status ? GLYPHS[status] : "○";
    pane.sign.style.color = colour(HUES[status] || "faint");
    pane.spent.textContent = status ? spentOf(agent) : "";
    // A terminal fills its pane, down to its last line.
    const rows = picture ? [make("pre", "screen", picture[1].trimEnd())] : agent.log.slice(Math.max(0, count - FEW), count).map((it) => entry(it, state.now, false));
    pane.log.replaceChildren(...rows);
    pane.log.scrollTop = pane.log.scrollHeight;
  }

  // ── One agent alone ──────────────────────────────────────────────────────
  const TABS = ["log", "brief", "instructions", "files", "turns"];
  let zoomLog = null, zoomDrawn = "", zoomTop = "";
  function zoom(nth) {
    state.zoomed = nth;
    if (nth !== null) state.focus = nth;
    state.more = 0;
    zoomDrawn = zoomTop = "";
    at("grid").hidden = nth !== null;
    at("zoom").hidden = nth === null;
    if (nth === null) panes[state.focus] && panes[state.focus].box.focus();
    draw();
  }
  function drawZoomHead(agent) {
    const status = statusOf(agent), key = [state.zoomed, state.tab, status, spentOf(agent)].join();
    if (zoomTop === key) return;
    zoomTop = key;
    const nav = make("nav"), back = make("button", "", "‹ all agents");
    back.addEventListener("click", () => zoom(null));
    const name = make("h2", "", (status ? GLYPHS[status] : "○") + " " + agent.name);
    name.style.color = colour(HUES[status] || "faint");
    nav.append(back, name, make("span", "dim", [agent.role, agent.engine, agent.model].filter(Boolean).join(" · ")));
    for (const tab of TABS) {
      const button = make("button", "", tab);
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(tab === state.tab));
      button.addEventListener("click", () => { state.tab = tab; zoomDrawn = zoomTop = ""; draw(); });
      nav.append(button);
    }
    nav.append(make("span", "fill"), make("span", "cost", spentOf(agent)));
    zoomLog = make("div", "log");
    at("zoom").replaceChildren(nav, zoomLog);
    zoomDrawn = "";
  }
  function table(names, rows) {
    const box = make("table"), head = make("tr");
    head.append(...names.map((name) => make("th", "", name)));
    box.append(head);
    for (const row of rows) { const tr = make("tr"); tr.append(...row.map((cell) => make("td", "", cell))); box.append(tr); }
    return box;
  }
  function drawZoom() {
    const agent = session.agents[state.zoomed];
    drawZoomHead(agent);
    const count = passed(agent.log, state.now, (it) => it.t);
    const from = Math.max(0, count - MANY - state.more);
    const open = agent.log.slice(Math.max(from, count - FEW), count).some((it) => it.e > state.now);
    const picture = latest(agent.pictures, state.now);
    const key = [state.tab, count, from, open ? state.now : 0, picture ? picture[0] : "", state.pinned ? state.pinned.t : ""].join();
    if (zoomDrawn === key) return;
    const sticks = zoomDrawn === "" || zoomLog.scrollTop + zoomLog.clientHeight >= zoomLog.scrollHeight - 40;
    zoomDrawn = key;
    const rows = [];
    if (state.tab === "brief") rows.push(make("div", "brief entry", agent.brief));
    else if (state.tab === "instructions") for (const it of agent.instructions) {
      rows.push(make("div", "turn", "v" + it.v + " · " + it.by + " · " + clock(it.at)), prose(it.text));
    } else if (state.tab === "files") rows.push(table(["file", "times", "added", "removed"], agent.files));
    else if (state.tab === "turns") rows.push(table(["turn", "at", "model", "in", "out", "cost", ""], agent.turns.map((it) => [it[0], clock(it[1]), it[2], it[3], it[4], it[5], it[6] ? "cut" : ""])));
    else {
      if (from > 0) {
        const earlier = make("button", "", "… " + from + " earlier");
        earlier.addEventListener("click", () => { state.more += MANY; draw(); });
        rows.push(earlier);
      }
      let turn = from > 0 ? agent.log[from].n : 0;
      for (const it of agent.log.slice(from, count)) {
        if (it.n !== turn) { turn = it.n; rows.push(turnLine(agent, turn)); }
        rows.push(entry(it, state.now, true));
      }
      if (picture) rows.push(make("pre", "screen", picture[1]));
    }
    zoomLog.replaceChildren(...rows);
    const hit = zoomLog.querySelector(".hit");
    if (hit) hit.scrollIntoView({ block: "center" });
    else if (sticks && state.tab === "log") zoomLog.scrollTop = zoomLog.scrollHeight;
  }

  // ── Head, timeline, foot ─────────────────────────────────────────────────
  const dollars = (text) => { const it = /^\$([0-9.]+)/.exec(text); return it ? Number(it[1]) : 0; };
  function drawHead() {
    const counts = {};
    let spent = 0, unknown = false;
    for (const agent of session.agents) {
      const status = statusOf(agent);
      if (status) counts[status] = (counts[status] || 0) + 1;
      const cost = spentOf(agent);
      spent += dollars(cost);
      unknown = unknown || cost.includes("?");
    }
    const chips = Object.keys(GLYPHS).filter((it) => counts[it]).map((it) => {
      const chip = make("span", "", GLYPHS[it] + counts[it] + " ");
      chip.style.color = colour(HUES[it]);
      chip.title = it;
      return chip;
    });
    at("counts").replaceChildren(...chips);
    const over = state.now >= session.lasted;
    const shown = over ? session.cost : (unknown && !spent ? "$?" : "$" + spent.toFixed(spent >= 1 || !spent ? 2 : 4) + (unknown ? "+?" : ""));
    at("figures").replaceChildren(make("span", "cost", shown), make("span", "dim", " · " + session.project));
    const aside = latest(session.asides, state.now);
    at("aside").hidden = !session.asides.length;
    at("aside").textContent = aside ? clock(aside[0]) + "  " + aside[1] : " ";
    at("aside").className = aside && aside[2] ? "bad" : "";
    at("clock").textContent = clock(state.now) + " of " + clock(session.lasted);
    at("play").textContent = state.playing ? "‖ pause" : over ? "↺ again" : "▶ play";
    at("speed").textContent = SPEEDS[state.speed] + "x";
    document.body.dataset.now = String(Math.round(state.now));
  }
  const track = at("track");
  function drawTrack() {
    const wide = track.clientWidth, high = track.clientHeight, ratio = window.devicePixelRatio || 1;
    if (track.width !== Math.round(wide * ratio)) { track.width = Math.round(wide * ratio); track.height = Math.round(high * ratio); }
    const pen = track.getContext("2d"), place = (t) => session.lasted ? t / session.lasted * wide : 0;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const lanes = session.agents.slice(0, 12), tall = Math.max(1, Math.min(4, 14 / Math.max(1, lanes.length)));
    lanes.forEach((agent, nth) => agent.status.forEach(([t, status], n) => {
      const until = n + 1 < agent.status.length ? agent.status[n + 1][0] : session.lasted;
      if (["done", "failed", "stopped", "queued"].includes(status)) return;
      pen.globalAlpha = t <= state.now ? .9 : .3;
      pen.fillStyle = colour(HUES[status]);
      pen.fillRect(place(t), 1 + nth * tall, Math.max(1, place(until) - place(t)), Math.max(1, tall - 1));
    }));
    pen.globalAlpha = 1;
    pen.fillStyle = colour("faint");
    pen.fillRect(0, 19, wide, 2);
    pen.fillStyle = colour("sea");
    pen.fillRect(0, 19, place(state.now), 2);
    for (const [t, kind] of session.marks) { pen.fillStyle = colour(MARKS[kind] || "ash"); pen.fillRect(place(t) - 1, 16, 3, 8); }
    for (const hit of state.hits) { pen.fillStyle = colour("bright"); pen.fillRect(place(hit.it.t), 25, 2, 4); }
    pen.fillStyle = colour("bright");
    pen.fillRect(Math.min(wide - 3, place(state.now)) - 1, 13, 4, 14);
    track.setAttribute("aria-valuemax", String(session.lasted));
    track.setAttribute("aria-valuenow", String(Math.round(state.now)));
    track.setAttribute("aria-valuetext", clock(state.now));
  }
  function draw() {
    if (state.zoomed === null) panes.forEach((_, nth) => drawPane(nth)); else drawZoom();
    drawHead();
    drawTrack();
  }

  // ── Time ─────────────────────────────────────────────────────────────────
  let last = 0, frame = 0;
  function seek(time) {
    state.now = Math.max(0, Math.min(session.lasted, time));
    draw();
  }
  function step(time) {
    frame = 0;
    if (!state.playing) return;
    const real = Math.min(250, time - last);
    if (real >= 30) {
      last = time;
      const before = state.now;
      let now = before + real * SPEEDS[state.speed];
      const next = moments[passed(moments, before, (it) => it)];
      if (next !== undefined && next - before > GAP && now < next - GAP / 2) now = next - GAP / 2;
      state.pinned = null;
      if (now >= session.lasted) state.playing = false;
      seek(now);
    }
    if (state.playing) frame = requestAnimationFrame(step);
  }
  function play() {
    state.playing = !state.playing;
    if (state.playing && state.now >= session.lasted) state.now = 0;
    last = performance.now();
    if (state.playing && !frame) frame = requestAnimationFrame(step);
    draw();
  }
  const pause = () => { state.playing = false; };
  function hop(by) {
    pause();
    const n = passed(moments, state.now, (it) => it);
    seek(by > 0 ? moments[Math.min(moments.length - 1, n)] : moments[Math.max(0, moments[n - 1] < state.now ? n - 1 : n - 2)]);
  }
  function mark(by) {
    pause();
    const all = session.marks.map(first), n = passed(all, state.now, (it) => it);
    const before = all.slice(0, n).filter((it) => it < state.now);
    const to = by > 0 ? all[n] : before[before.length - 1];
    if (to !== undefined) seek(to);
  }
  function pace(by) { state.speed = Math.max(0, Math.min(SPEEDS.length - 1, state.speed + by)); draw(); }

  // ── Search ───────────────────────────────────────────────────────────────
  const texts = (it) => [it.x, it.tool, it.o, it.i, it.a, it.note].concat((it.f || []).map(first));
  function search(words) {
    state.words = words;
    const wanted = words.trim().toLowerCase();
    state.hits = [];
    state.hit = -1;
    if (wanted) session.agents.forEach((agent, nth) => {
      for (const it of agent.log) {
        const text = texts(it).find((some) => some && some.toLowerCase().includes(wanted));
        if (text) state.hits.push({ nth, it, text });
        if (state.hits.length >= 1000) return;
      }
    });
    state.hits.sort((a, b) => a.it.t - b.it.t);
    const found = at("found");
    found.hidden = !wanted;
    const rows = [make("h2", "", state.hits.length ? state.hits.length + (state.hits.length >= 1000 ? " or more" : "") + " found" : "nothing found")];
    state.hits.slice(0, 300).forEach((hit, n) => {
      const row = make("button"), from = hit.text.toLowerCase().indexOf(wanted);
      row.append(make("span", "dim", clock(hit.it.t) + " " + session.agents[hit.nth].name + "  "));
      row.append(hit.text.slice(Math.max(0, from - 40), from), make("mark", "", hit.text.slice(from, from + wanted.length)), hit.text.slice(from + wanted.length, from + wanted.length + 100));
      row.addEventListener("click", () => go(n));
      rows.push(row);
    });
    found.replaceChildren(...rows);
    draw();
  }
  function go(n) {
    if (!state.hits.length) return;
    state.hit = (n + state.hits.length) % state.hits.length;
    const hit = state.hits[state.hit];
    pause();
    state.tab = "log";
    state.pinned = hit.it;
    state.now = Math.max(hit.it.t, hit.it.e || 0);
    zoom(hit.nth);
    [...at("found").querySelectorAll("button")].forEach((row, nth) => row.setAttribute("aria-current", String(nth === state.hit)));
  }

  // ── Keys and pointer ─────────────────────────────────────────────────────
  const KEYS = [
    [["space"], "play, or stand still", () => play()],
    [["→", "l"], "to what happens next", () => hop(1)],
    [["←", "h"], "to what happened before", () => hop(-1)],
    [[".", "]"], "to the next mark: a direction, a question, trouble, an end", () => mark(1)],
    [[",", "["], "to the mark before", () => mark(-1)],
    [["g", "Home"], "to the beginning", () => { pause(); seek(0); }],
    [["G", "End"], "to the end", () => { pause(); seek(session.lasted); }],
    [["+", "="], "faster", () => pace(1)],
    [["-"], "slower", () => pace(-1)],
    [["Tab"], "the next agent", null],
    [["Enter"], "one agent alone", () => zoom(state.zoomed === null ? state.focus : null)],
    [["Esc"], "back", () => { if (at("search").value) { at("search").value = ""; search(""); } else if (state.zoomed !== null) zoom(null); }],
    [["/"], "search", () => at("search").focus()],
    [["n"], "the next that was found", () => go(state.hit + 1)],
    [["N"], "the one before", () => go(state.hit - 1)],
    [["?"], "these keys", () => help()],
  ];
  const NAMES = { " ": "space", ArrowRight: "→", ArrowLeft: "←", Escape: "Esc" };
  function help() {
    const list = at("list");
    if (!list.children.length) for (const [keys, text] of KEYS) list.append(make("dt", "", keys.join(" ")), make("dd", "", text));
    at("keys").showModal();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
    if (event.target === at("search")) {
      if (event.key === "Enter") { go(state.hit + 1); event.preventDefault(); }
      if (event.key === "Escape") { at("search").value = ""; search(""); at("search").blur(); }
      return;
    }
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    const name = NAMES[event.key] || event.key, known = KEYS.find(([keys, , act]) => act && keys.includes(name));
    if (known) { event.preventDefault(); known[2](); }
  });
  function drag(event) {
    const area = track.getBoundingClientRect();
    pause();
    state.pinned = null;
    seek((event.clientX - area.left) / area.width * session.lasted);
  }
  track.addEventListener("pointerdown", (event) => { track.setPointerCapture(event.pointerId); drag(event); });
  track.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  at("play").addEventListener("click", play);
  at("slower").addEventListener("click", () => pace(-1));
  at("faster").addEventListener("click", () => pace(1));
  at("help").addEventListener("click", help);
  at("search").addEventListener("input", () => search(at("search").value));
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => { panes.forEach((it) => { it.drawn = ""; }); zoomTop = zoomDrawn = ""; draw(); });

  at("title").textContent = session.title;
  at("title").title = session.opened + (session.by ? " · " + session.by : "");
  // A page that is opened shows how it ended; play begins at the beginning.
  state.now = session.lasted;
  draw();
})();
