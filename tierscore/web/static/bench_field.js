// A field of the bench: one indicator of one region, to type in or to slide.

import { required } from "./bench_said.js";
import { put } from "./bench_texts.js";

export class Field {
  /** `onEdit(field, value, isDone)` is told of each edit; value null takes it back. */
  constructor(row, names, onEdit) {
    const [typed, slid] = row.querySelectorAll("input");
    Object.assign(this, { row, names, onEdit, typed, slid, button: row.querySelector(".set") });
    this.region = row.closest("table").dataset.region;
    this.indicator = row.dataset.indicator;
    this.present = typed.dataset.present === "" ? null : Number(typed.dataset.present);
    typed.addEventListener("input", () => this.edited(false));
    typed.addEventListener("change", () => this.edited(true));
    slid.addEventListener("input", () => this.write(slid.value, false));
    slid.addEventListener("change", () => this.write(slid.value, true));
    this.button.addEventListener("click", () => {
      typed.focus();
      this.write(this.button.dataset.value, true);
    });
    this.mark();
  }

  is({ region, indicator }) {
    return region === this.region && indicator === this.indicator;
  }

  write(text, isDone) {
    this.typed.value = text;
    this.edited(isDone);
  }

  /** Another text stands in it: none, or the present value, takes the edit back. */
  edited(isDone) {
    const { value: text, validity } = this.typed;
    if (validity.badInput) return this.complain(this.names.tell("number"));
    const value = text === "" || Number(text) === this.present ? null : Number(text);
    this.slid.value = value ?? this.present ?? this.slid.min;
    this.onEdit(this, value, isDone);
  }

  /** Shows what an answer says of it; where something is being typed the text stays. */
  show(answer) {
    const made = answer.edits.findLast((edit) => this.is(edit));
    const value = made ? made.new : this.present;
    if (this.typed !== document.activeElement || (this.typed.value !== "" && Number(this.typed.value) !== value)) this.typed.value = value ?? "";
    this.slid.value = value ?? this.slid.min;
    this.row.classList.toggle("edited", Boolean(made));
    this.complain("");
    this.need(answer, value !== null);
    this.mark();
  }

  /** What the next tier asks of it. */
  need(answer, isKnown) {
    const isScored = !("helper" in this.row.dataset);
    const change = isScored ? answer.changes.find(({ region }) => region.code === this.region) : undefined;
    const { text, value, state } = required(change, this.indicator, isKnown, this.names);
    const cell = this.row.querySelector(".need");
    cell.dataset.state = state;
    put(cell, { need: text });
    this.button.hidden = value === null;
    if (value === null) delete this.button.dataset.value;
    else this.button.dataset.value = value;
  }

  /** Marks the present value and the required one on the slider's rail. */
  mark() {
    const [min, max] = [Number(this.slid.min), Number(this.slid.max)];
    const places = { ".at-present": this.present, ".at-need": this.button.dataset.value ?? null };
    for (const [line, value] of Object.entries(places)) {
      const place = value === null ? -1 : (100 * (value - min)) / (max - min);
      const mark = this.row.querySelector(line);
      mark.setAttribute("visibility", place < 0 || place > 100 ? "hidden" : "visible");
      for (const end of ["x1", "x2"]) mark.setAttribute(end, `${place}%`);
    }
  }

  complain(text) {
    const problem = this.row.querySelector(".problem");
    problem.textContent = text;
    problem.hidden = text === "";
    if (text) this.typed.setAttribute("aria-invalid", "true");
    else this.typed.removeAttribute("aria-invalid");
  }
}
