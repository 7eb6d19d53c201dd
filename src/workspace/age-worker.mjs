// The thread that knows age: its library works with promises, and files are read without. Plain JavaScript, since Node loads it
// as it is where the tests run; scripts/build.mjs bundles it with the library for everybody else.
import { workerData } from 'node:worker_threads';

const { port } = workerData;

/** Armored or not, the bytes of the file. */
const bytesOf = ({ armor }, file) => {
  const text = new TextDecoder('latin1').decode(file);
  return /^\s*-----BEGIN AGE/.test(text) ? armor.decode(text) : file;
};

const work = {
  async decrypt(age, { file, identities, passphrases }) {
    const decrypter = new age.Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    for (const passphrase of passphrases) decrypter.addPassphrase(passphrase);
    return await decrypter.decrypt(bytesOf(age, file));
  },
  async encrypt(age, { file, recipients, passphrase, isArmored }) {
    const encrypter = new age.Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    if (passphrase !== undefined) encrypter.setPassphrase(passphrase);
    const bytes = await encrypter.encrypt(file);
    return isArmored ? new TextEncoder().encode(`${age.armor.encode(bytes).trimEnd()}\n`) : bytes;
  },
  async generate(age) {
    const identity = await age.generateX25519Identity();
    return { identity, recipient: await age.identityToRecipient(identity) };
  },
  recipientOf: async (age, { identity }) => await age.identityToRecipient(identity),
};

port.on('message', async ({ signal, name, request }) => {
  try {
    port.postMessage({ value: await work[name](await import('age-encryption'), request) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
