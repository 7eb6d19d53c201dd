/** Bytes a call of String.fromCharCode takes without overrunning the stack. */
const pieceBytes = 0x8000;

/** Base64 with padding, without line breaks. */
export const base64 = (bytes: Uint8Array): string => {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + pieceBytes)));
  return btoa(pieces.join(''));
};
