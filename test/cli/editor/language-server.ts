import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A position in a text; both count from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface ServerDiagnostic {
  readonly message: string;
  readonly range: { readonly start: Position };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

const program = join(
  import.meta.dirname,
  '../../../node_modules/yaml-language-server/bin/yaml-language-server',
);

/** yaml-language-server as an editor starts it, over standard input and output. @see LSP 3.17, "Base Protocol" */
export class LanguageServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #diagnoses = new Map<string, (diagnostics: readonly ServerDiagnostic[]) => void>();
  readonly #settings: object;
  #buffer = Buffer.alloc(0);
  #nextId = 1;
  #nextFile = 1;

  private constructor(schemas: Readonly<Record<string, string>>) {
    this.#settings = {
      validate: true,
      hover: true,
      completion: true,
      schemaStore: { enable: false },
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([file, glob]) => [pathToFileURL(file).href, glob]),
      ),
    };
    this.#process = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout?.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  /** @param schemas  globs of files, by the schema's path */
  static async start(schemas: Readonly<Record<string, string>>): Promise<LanguageServer> {
    const server = new LanguageServer(schemas);
    const capabilities = {
      workspace: { configuration: true, didChangeConfiguration: {} },
      textDocument: { completion: {}, hover: { contentFormat: ['plaintext'] }, publishDiagnostics: {} },
    };
    await server.#ask('initialize', { processId: process.pid, rootUri: null, capabilities });
    server.#tell('initialized', {});
    server.#tell('workspace/didChangeConfiguration', { settings: { yaml: server.#settings } });
    return server;
  }

  /** Opens a text as an editor would, and waits for what is wrong with it. @param name  ends its address */
  async open(text: string, name: string): Promise<{ uri: string; diagnostics: readonly ServerDiagnostic[] }> {
    const uri = `file:///project/${this.#nextFile}/${name}`;
    this.#nextFile += 1;
    const diagnostics = new Promise<readonly ServerDiagnostic[]>((resolve) => {
      this.#diagnoses.set(uri, resolve);
    });
    this.#tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return { uri, diagnostics: await diagnostics };
  }

  /** What is shown where the mouse rests; '' for nothing. */
  async hover(uri: string, position: Position): Promise<string> {
    const found = await this.#ask('textDocument/hover', { textDocument: { uri }, position });
    const contents = (found as { contents?: unknown } | null)?.contents;
    return typeof contents === 'object' && contents !== null && 'value' in contents
      ? String(contents.value)
      : JSON.stringify(contents ?? '');
  }

  /** What is offered. */
  async complete(uri: string, position: Position): Promise<readonly string[]> {
    const found = await this.#ask('textDocument/completion', { textDocument: { uri }, position });
    const items = (Array.isArray(found) ? found : (found as { items: unknown[] }).items) as {
      label: string;
    }[];
    return items.map(({ label }) => label);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#ask('shutdown', null);
    this.#tell('exit', null);
    await ended;
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #tell(method: string, params: unknown): void {
    this.#send({ method, ...(params !== null && { params }) });
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(JSON.stringify(error))),
      );
      this.#send({ id, method, ...(params !== null && { params }) });
    });
  }

  #receive(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, end).toString())?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const body = this.#buffer.subarray(end + 4, end + 4 + length).toString();
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(JSON.parse(body));
    }
  }

  #take({ id, method, params, ...answer }: Message): void {
    if (method === undefined) {
      if (id !== undefined) this.#answers.get(id)?.(answer);
      return;
    }
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly ServerDiagnostic[] };
      this.#diagnoses.get(uri)?.(diagnostics);
      return;
    }
    if (id === undefined) return;
    const asked =
      method === 'workspace/configuration' ? (params as { items: { section: string }[] }).items : [];
    this.#send({ id, result: asked.map(({ section }) => (section === 'yaml' ? this.#settings : {})) });
  }
}
