import { PythonRandom } from '../util/python-random.ts';
import { shaCrypt } from '../util/sha-crypt.ts';
import { listOf } from './list-of.ts';
import { type Operation, operation, type Tools } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

const generator = (given: unknown, who: string, { chance }: Tools): PythonRandom => {
  const seed = given ?? chance();
  if (seed !== undefined && seed !== null)
    return new PythonRandom(typeof seed === 'number' ? seed : pythonText(seed));
  throw new OperationProblem(
    `${who} without a seed would give another result each time`,
    `write ${who}(seed=inventory_hostname), or "compat: truthy" on the play or role for another one in each run`,
  );
};

const random = (
  tools: Tools,
  value: unknown,
  { start, step, seed }: Readonly<Record<'start' | 'step' | 'seed', unknown>>,
): unknown => {
  if (value === null || typeof value === 'boolean')
    throw new OperationProblem('random can only be used on sequences and integers');
  if (typeof value !== 'number' && ((start ?? null) !== null || (step ?? null) !== null))
    throw new OperationProblem('start and step can only be used with integer values');
  const source = generator(seed, 'random', tools);
  if (typeof value === 'number') return source.range(Number(start ?? 0), value, Number(step ?? 1));
  const items = listOf(value, 'random');
  if (items.length === 0) throw new OperationProblem('random wants a list with something in it');
  return items[source.below(items.length)];
};

const saltLetters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Of a hash that may be another one in each run. */
const saltOf = (chance: string): string => {
  const source = new PythonRandom(chance);
  return Array.from({ length: 16 }, () => saltLetters[source.below(saltLetters.length)]).join('');
};

const passwordHash = (
  { chance }: Tools,
  value: unknown,
  { kind, salt: given, size, rounds }: Readonly<Record<'kind' | 'salt' | 'size' | 'rounds', unknown>>,
): string => {
  const name = pythonText(kind).replace('_crypt', '');
  if (name !== 'sha512' && name !== 'sha256')
    throw new OperationProblem(`password_hash: "${name}" is not supported here`, 'sha512 or sha256');
  const by = given === undefined || given === null ? chance() : undefined;
  if (
    size !== undefined &&
    size !== null &&
    !(Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 16)
  )
    throw new OperationProblem('password_hash: "salt_size" is a number from 1 to 16');
  const salt = by === undefined ? given : saltOf(by).slice(0, Number(size ?? 16));
  if (salt === undefined || salt === null)
    throw new OperationProblem(
      'password_hash without a salt would give another hash each time',
      "password_hash('sha512', 'a salt that is kept'), or \"compat: truthy\" on the play or role for another one in each run",
    );
  if (!/^[./0-9A-Za-z]{1,16}$/.test(pythonText(salt)))
    throw new OperationProblem('password_hash: a salt has 1 to 16 letters, digits, "." or "/"');
  // What Ansible takes where none are given.
  const usual = name === 'sha512' ? 656_000 : 535_000;
  return shaCrypt(pythonText(value), pythonText(salt), name, Number(rounds ?? usual));
};

/** Filters that are random in Ansible: here what they give hangs on what they are given alone, or on the run (see `Tools.chance`). */
export const randomFilters: Readonly<Record<string, Operation>> = {
  random: operation(['end_', 'start', 'step', 'seed'], (tools, value, _end, start, step, seed) =>
    random(tools, value, { start, step, seed }),
  ),
  // What is no list stays as it is.
  shuffle: operation(['seed'], (tools, value, seed) =>
    typeof value === 'number' || typeof value === 'boolean' || value === null
      ? value
      : generator(seed, 'shuffle', tools).shuffled(listOf(value, 'shuffle')),
  ),
  password_hash: operation(
    ['hashtype', 'salt', 'salt_size', 'rounds', 'ident'],
    (tools, value, kind = 'sha512', salt, size, rounds) =>
      passwordHash(tools, value, { kind, salt, size, rounds }),
  ),
};
