import * as api from "@slam/wasm";

console.log(Object.keys(api));
