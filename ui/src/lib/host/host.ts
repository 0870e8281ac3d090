import { createContext } from 'svelte';
import type { Command, Commands } from './commands';
import type { AppEvent, ErrorCode, UiError } from './types';

/**
 * Everything the window may ask for. Tauri is one host, the in-memory world of the tests another; nothing else in the UI knows which one it
 * talks to.
 */
export interface Host {
  /** Asks the engine; rejects with a `UiError`. */
  call<Name extends Command>(name: Name, request: Commands[Name][0]): Promise<Commands[Name][1]>;
  /** Hears what changed. Answers how to stop. */
  listen(handler: (event: AppEvent) => void): () => void;
  /** Where the cleaned HTML part of a message is served. */
  mailUrl(account: string, conversation: string, message: string): string;
}

export const [getHost, setHost] = createContext<Host>();

/** Whatever was thrown, as what the UI may know of an error. */
export function asUiError(thrown: unknown): UiError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return { code: thrown.code as ErrorCode, message: String(thrown.message) };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
