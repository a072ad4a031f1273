export { referenceSpace } from "./vector-space.reference.ts";
