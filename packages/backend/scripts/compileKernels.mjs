export async function compileKernels() {
  return {};
}
