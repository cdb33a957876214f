import { MODULE } from './module.ts';

/** What the module offers to several; the promises stand beside the functions in src/kernel. Addresses and sizes in bytes. */
interface Functions {
  readonly memory: { readonly buffer: ArrayBuffer };
  input(size: number): number;
  countNewlines(start: number, end: number): number;
  findText(start: number, end: number, text: number, textEnd: number): number;
  countWords(start: number, end: number): number;
  countParts(start: number, end: number, delimiter: number): number;
  countEachWord(start: number, end: number): void;
  countEachPart(start: number, end: number, delimiter: number): void;
  countTexts(start: number, end: number): number;
  tableSize(): number;
  firstStretch(): number;
  clearTable(): void;
  makeRows(fields: number): number;
  chosenRows(): number;
  nextLine(): number;
  makeKnownTexts(fields: number): void;
  lookUpTexts(field: number, count: number): void;
  knownTextsFull(): number;
  growKnownTexts(fields: number): number;
  forgetKnownTexts(fields: number): void;
  makePacked(): number;
  packTexts(field: number, count: number): number;
  makeNames(count: number, size: number): number;
  wantName(start: number, end: number, level: number): void;
  wantMembers(field: number): void;
}

/** Neither Node's types nor those of the language itself know it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

let compiled: object | undefined;

/**
 * The kernels with a memory of their own. The module is compiled with the first of them, in about a millisecond. `Own` are functions that
 * only whoever makes it calls, and whose types stand there.
 */
export class Kernel<Own = object> {
  readonly functions: Functions & Own;
  private view = Buffer.alloc(0);

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    this.functions = new WebAssembly.Instance(compiled).exports as Functions & Own;
  }

  /** The memory as it is now: to be asked for anew after every call, since a memory that has grown is another one. */
  get bytes(): Buffer {
    const { buffer } = this.functions.memory;
    if (this.view.buffer !== buffer) this.view = Buffer.from(buffer);
    return this.view;
  }

  /** Copies bytes in. @returns where they are, until the next call. */
  put(bytes: Uint8Array): number {
    const address = this.functions.input(bytes.length);
    this.bytes.set(bytes, address);
    return address;
  }
}
