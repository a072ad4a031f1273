declare module "seek-bzip" {
  interface ByteStream {
    readByte(): number;
    read(into: Uint8Array, offset: number, length: number): number;
  }
  const Bunzip: { decode(input: ByteStream): Uint8Array };
  export default Bunzip;
}
