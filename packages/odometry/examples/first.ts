import * as api from "@slam/odometry";

console.log(Object.keys(api));
