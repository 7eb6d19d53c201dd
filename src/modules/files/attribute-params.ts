import type { Attributes } from '../../actions/file-attributes.ts';
import type { FileFact } from '../../facts/files.ts';
import { mode, resolveMode } from '../params/mode.ts';
import { text } from '../params/text.ts';

/** Parameters of every module that makes a file. */
export const attributeParams = {
  owner: text().optional().describe('Account that owns it, by name or number. Left alone when absent.'),
  group: text().optional().describe('Group, by name or number. Left alone when absent.'),
  mode: mode()
    .optional()
    .describe('Permissions: octal in quotes ("0644") or symbolic (u=rw,g=r). Left alone when absent.'),
};

/** Owner, group and mode as the task says them. */
export interface WantedAttributes {
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Octal or symbolic. */
  readonly mode?: string | undefined;
}

/** The attributes with the mode in digits, worked out from the mode that is there. */
export const resolveAttributes = (
  { owner, group, mode: wanted }: WantedAttributes,
  current: Pick<FileFact, 'mode' | 'type'>,
): Attributes => ({
  owner,
  group,
  mode: wanted === undefined ? undefined : resolveMode(wanted, current.mode, current.type === 'directory'),
});
