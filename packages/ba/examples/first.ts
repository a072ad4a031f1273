import * as api from "@slam/ba";

console.log(Object.keys(api));
