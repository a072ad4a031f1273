/** Posts what became of it to the server that this page came from. */
async function report() {
  try {
    const worker = inWorker();
    const { bitHashes } = await import("./hashes.js");
    return { main: bitHashes(), worker: await worker };
  } catch (error) {
    return { error: `${error}\n${error.stack}` };
  }
}

function inWorker() {
  const worker = new Worker("./worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message, filename, lineno }) => reject(new Error(`worker: ${message} at ${filename}:${lineno}`));
  });
}

await fetch("/result", { method: "POST", body: JSON.stringify(await report()) });
