// Times CHOLMOD's supernodal Cholesky on a symmetric matrix: AMD, one thread.
//
//   cholmod MATRIX
//
// MATRIX is text: "n nnz", then nnz lines "row column value", 0-based, the lower triangle. Prints a line {"nnz", "flops", "analyze"};
// then for each line read from standard input one numeric factorisation and one solve of L L' x = b, as a line {"factorize", "solve",
// "residual"}: so that a driver can alternate with another program. All times in seconds.
#include <cholmod.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

cholmod_sparse* read(const char* path, cholmod_common* common) {
  std::FILE* file = std::fopen(path, "r");
  long n = 0, nnz = 0;
  if (file == nullptr || std::fscanf(file, "%ld %ld", &n, &nnz) != 2) return nullptr;
  cholmod_triplet* entries = cholmod_allocate_triplet(n, n, nnz, -1, CHOLMOD_REAL, common);
  for (long k = 0; k < nnz; k++) {
    int row, column;
    double value;
    if (std::fscanf(file, "%d %d %lf", &row, &column, &value) != 3) return nullptr;
    static_cast<int*>(entries->i)[k] = row;
    static_cast<int*>(entries->j)[k] = column;
    static_cast<double*>(entries->x)[k] = value;
  }
  std::fclose(file);
  entries->nnz = nnz;
  cholmod_sparse* matrix = cholmod_triplet_to_sparse(entries, nnz, common);
  cholmod_free_triplet(&entries, common);
  return matrix;
}

double norm(const cholmod_dense* x) {
  double sum = 0;
  for (size_t i = 0; i < x->nrow; i++) sum += std::pow(static_cast<double*>(x->x)[i], 2);
  return std::sqrt(sum);
}

}  // namespace

int main(int argc, char** argv) {
  cholmod_common common;
  cholmod_start(&common);
  common.supernodal = CHOLMOD_SUPERNODAL;
  common.nmethods = 1;
  common.method[0].ordering = CHOLMOD_AMD;
  common.postorder = 1;
  cholmod_sparse* A = argc > 1 ? read(argv[1], &common) : nullptr;
  if (A == nullptr) {
    std::fprintf(stderr, "usage: cholmod MATRIX, a text file as described in cholmod.cpp\n");
    return 2;
  }
  double start = now();
  cholmod_factor* L = cholmod_analyze(A, &common);
  std::printf("{\"nnz\": %.0f, \"flops\": %.0f, \"analyze\": %.6f}\n", common.lnz, common.fl, now() - start);
  std::fflush(stdout);

  cholmod_dense* b = cholmod_ones(A->nrow, 1, CHOLMOD_REAL, &common);
  cholmod_dense *x = nullptr, *y = nullptr, *work = nullptr;
  double one[2] = {1, 0}, minusOne[2] = {-1, 0};
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c != '\n') continue;
    start = now();
    cholmod_factorize(A, L, &common);
    const double factorized = now();
    cholmod_solve2(CHOLMOD_A, L, b, nullptr, &x, nullptr, &y, &work, &common);
    const double solved = now();
    cholmod_dense* residual = cholmod_copy_dense(b, &common);
    cholmod_sdmult(A, 0, minusOne, one, x, residual, &common);
    std::printf("{\"factorize\": %.6f, \"solve\": %.6f, \"residual\": %.3g}\n", factorized - start, solved - factorized,
                norm(residual) / norm(b));
    std::fflush(stdout);
    cholmod_free_dense(&residual, &common);
  }
  return common.status < CHOLMOD_OK ? 1 : 0;
}
