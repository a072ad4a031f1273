import { bitHashes } from "./hashes.js";

postMessage(bitHashes());
