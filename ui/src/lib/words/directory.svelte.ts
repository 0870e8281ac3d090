import { createContext } from 'svelte';
import type { AccountState, DeskAbilities, DirectoryView, MeView } from '../host/types';
import { tagColor } from './tag';

/** The names behind handles, the colours of tags, and what this help desk can do. */
export class Directory {
  #view = $state.raw<DirectoryView>({ agents: [], teams: [], tags: [] });
  #me = $state.raw<MeView | null>(null);
  #can = $state.raw<DeskAbilities>({
    block: true,
    delete: true,
    snooze: true,
    archive: true,
    tags: true,
    noTeam: true,
    priority: true,
    clearTags: true,
    attachments: true,
    notes: true,
    noteFiles: true,
  });
  readonly agents = $derived(this.#view.agents);
  readonly teams = $derived(this.#view.teams);
  readonly tags = $derived(this.#view.tags);
  readonly me = $derived(this.#me);
  readonly can = $derived(this.#can);
  readonly #agentNames = $derived(new Map(this.#view.agents.map((agent) => [agent.handle, agent.name])));
  readonly #teamNames = $derived(new Map(this.#view.teams.map((team) => [team.handle, team.name])));
  readonly #hues = $derived(new Map(this.#view.tags.map((tag) => [tag.name, tag.color])));

  update({ directory, me, can }: Pick<AccountState, 'directory' | 'me' | 'can'>): void {
    this.#view = directory;
    this.#me = me;
    this.#can = can;
  }

  agentName(handle: string): string {
    return this.#agentNames.get(handle) ?? handle;
  }

  teamName(handle: string): string {
    return this.#teamNames.get(handle) ?? handle;
  }

  tagColor(name: string): string {
    return tagColor(name, this.#hues.get(name));
  }
}

export const [getDirectory, setDirectory] = createContext<Directory>();
