import { logger } from 'matrix-js-sdk/lib/logger.js';

// Parts of the SDK take hold of these when they are loaded, so this is to be imported before them. They tell nothing that a
// test does not see, and much.
logger.disableAll();
for (const part of ['MatrixRTCSessionManager', 'MatrixRTCSession']) logger.withPrefix(part).disableAll();
