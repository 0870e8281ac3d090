import { asUiError, type Host } from '../host/host';
import type { FileView } from '../host/types';
import { bytes } from '../ui/format';

/** More than any of the help desks takes; a larger file would only fill the memory. */
const LARGEST = 25_000_000;

/** The files that go with a message: handed to the engine when chosen, named by id afterwards. */
export class Files {
  readonly #host: Host;
  readonly #account: string;
  #files = $state.raw<FileView[]>([]);
  #reading = $state(0);
  #error = $state<string | null>(null);

  constructor(host: Host, account: string, files: FileView[] = []) {
    this.#host = host;
    this.#account = account;
    this.#files = files;
  }

  // Getters and no deriveds: this outlives the component for which it was made.
  get files(): FileView[] {
    return this.#files;
  }

  get ids(): string[] {
    return this.#files.map((file) => file.id);
  }

  get isReading(): boolean {
    return this.#reading > 0;
  }

  get error(): string | null {
    return this.#error;
  }

  take(files: FileView[]): void {
    this.#files = files;
    this.#error = null;
  }

  /** Answers whether at least one was attached. */
  async add(chosen: File[]): Promise<boolean> {
    this.#error = null;
    this.#reading += 1;
    const before = this.#files.length;
    try {
      for (const file of chosen) {
        if (file.size > LARGEST) {
          this.#error = `${file.name} has ${bytes(file.size)}. A file may have ${bytes(LARGEST)}.`;
          continue;
        }
        const view = await this.#host.call('attach_file', {
          account: this.#account,
          name: file.name,
          mime: file.type || 'application/octet-stream',
          data: await base64(file),
        });
        this.#files = [...this.#files, view];
      }
    } catch (thrown) {
      this.#error = asUiError(thrown).message;
    } finally {
      this.#reading -= 1;
    }
    return this.#files.length > before;
  }

  remove(id: string): void {
    this.#files = this.#files.filter((file) => file.id !== id);
  }
}

function base64(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => failed(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}
