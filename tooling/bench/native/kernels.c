// The kernels in C, for comparison, with vectors of the processor at hand. A driver names them on standard input, a line each:
//
//   triad MEGABYTES                     a <- b + 3 c in fp32, three vectors of that size together
//   dot|axpy FORMAT N
//   products FORMAT PATTERN             "multiply" and "multiplyTransposed": y <- A x, y <- A' x
//   solves FORMAT PATTERN               "solve": y <- L^-T L^-1 x
//   time KERNEL FORMAT REPEATS          prints the seconds of the thread, and the sum of the result
//   clear                               forgets all of them
//
// FORMAT is fp64, fp32, fp16 or bf16; PATTERN a file of int32: r c blockRows blockCols rowPtr colIdx, for L by block columns with colPtr and rowIdx.
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INLINE static inline __attribute__((always_inline))
// Vectors may reach this far beyond the end.
#define SLACK 64

typedef struct {
  int r, c, rows, cols;
  int32_t *ptr, *idx;
  size_t blocks;
} Pattern;

typedef struct Contestant Contestant;
struct Contestant {
  char name[160];
  void (*run)(Contestant*);
  Pattern pattern;
  size_t n;
  int wide;
  void *values, *transposed, *x, *y, *z;
};

static Contestant contestants[64];
static int count;
static double result;

static void* take(size_t bytes) {
  void* memory = aligned_alloc(64, (bytes + SLACK + 63) / 64 * 64);
  if (memory == NULL) exit(1);
  memset(memory, 0, (bytes + SLACK + 63) / 64 * 64);
  return memory;
}

// The values every program here uses: sixteenths, exact in each format.
static double value_at(size_t k) { return (double)(k * 7 % 31) / 16 - 0.9375; }

static uint16_t encode_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits >> 16;
}

// Vectors of 8 or 4 lanes from stored values; lanes that a block has no use for are read too.
typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef float float4 __attribute__((vector_size(16), aligned(4)));
typedef double double8 __attribute__((vector_size(64), aligned(8)));
typedef double double4 __attribute__((vector_size(32), aligned(8)));

INLINE double8 load8_fp64(const double* p) { return *(const double8*)p; }
INLINE double4 load4_fp64(const double* p) { return *(const double4*)p; }
INLINE float8 load8_fp32(const float* p) { return *(const float8*)p; }
INLINE float4 load4_fp32(const float* p) { return *(const float4*)p; }
INLINE float8 load8_fp16(const uint16_t* p) { return (float8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)p)); }
INLINE float4 load4_fp16(const uint16_t* p) { return (float4)_mm_cvtph_ps(_mm_loadl_epi64((const __m128i*)p)); }
INLINE float8 load8_bf16(const uint16_t* p) {
  return (float8)_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)p)), 16);
}
INLINE float4 load4_bf16(const uint16_t* p) {
  return (float4)_mm_slli_epi32(_mm_cvtepu16_epi32(_mm_loadl_epi64((const __m128i*)p)), 16);
}

// For a format and vectors of W lanes, of which L hold a result: blocks are N vectors of L values, so that a product needs no sum across lanes. That is
// column-major for A x and L^-1 x, row-major for A' x and L^-T x. L and N are constants where these are called, so that the loops unroll.
#define LANES(FORMAT, STORED, T, W, V)                                                                  \
  INLINE V add##W##_##FORMAT(V sum, const STORED* block, const T* x, const int L, const int N) {        \
    for (int k = 0; k < N; k++) sum += load##W##_##FORMAT(block + k * L) * x[k];                        \
    return sum;                                                                                         \
  }                                                                                                     \
  INLINE V first##W##_##FORMAT(V v, const int L) {                                                      \
    for (int k = L; k < W; k++) v[k] = 0;                                                               \
    return v;                                                                                           \
  }                                                                                                     \
  INLINE void multiply##W##_##FORMAT(Contestant* s, const int L, const int N) {                         \
    const Pattern* p = &s->pattern;                                                                     \
    const STORED* values = s->values;                                                                   \
    const T* x = s->x;                                                                                  \
    T* y = s->y;                                                                                        \
    for (int i = 0; i < p->rows; i++) {                                                                 \
      V sum = {0};                                                                                      \
      for (int k = p->ptr[i]; k < p->ptr[i + 1]; k++)                                                   \
        sum = add##W##_##FORMAT(sum, values + (size_t)k * L * N, x + (size_t)p->idx[k] * N, L, N);      \
      *(V*)(y + (size_t)i * L) = sum;                                                                   \
    }                                                                                                   \
  }                                                                                                     \
  INLINE void transposed##W##_##FORMAT(Contestant* s, const int L, const int N) {                       \
    const Pattern* p = &s->pattern;                                                                     \
    const STORED* values = s->values;                                                                   \
    const T* x = s->x;                                                                                  \
    T* y = s->y;                                                                                        \
    memset(y, 0, (size_t)p->cols * L * sizeof(T));                                                      \
    for (int i = 0; i < p->rows; i++) {                                                                 \
      for (int k = p->ptr[i]; k < p->ptr[i + 1]; k++) {                                                 \
        const V sum = add##W##_##FORMAT((V){0}, values + (size_t)k * L * N, x + (size_t)i * N, L, N);   \
        *(V*)(y + (size_t)p->idx[k] * L) += first##W##_##FORMAT(sum, L);                                \
      }                                                                                                 \
    }                                                                                                   \
  }                                                                                                     \
  /* y <- L^-T L^-1 x; `values` has the blocks column-major, `transposed` row-major. */                 \
  INLINE void solve##W##_##FORMAT(Contestant* s, const int B) {                                         \
    const Pattern* p = &s->pattern;                                                                     \
    const STORED* columns = s->values;                                                                  \
    const STORED* rows = s->transposed;                                                                 \
    T* w = s->y;                                                                                        \
    memcpy(w, s->x, (size_t)p->cols * B * sizeof(T));                                                   \
    for (int j = 0; j < p->cols; j++) {                                                                 \
      T* wj = w + (size_t)j * B;                                                                        \
      const STORED* diagonal = columns + (size_t)p->ptr[j] * B * B;                                     \
      V rest = *(V*)wj;                                                                                 \
      for (int k = 0; k < B; k++) {                                                                     \
        const V column = load##W##_##FORMAT(diagonal + k * B);                                          \
        wj[k] = rest[k] / column[k];                                                                    \
        rest -= column * wj[k];                                                                         \
      }                                                                                                 \
      for (int e = p->ptr[j] + 1; e < p->ptr[j + 1]; e++) {                                             \
        const V sum = add##W##_##FORMAT((V){0}, columns + (size_t)e * B * B, wj, B, B);                 \
        *(V*)(w + (size_t)p->idx[e] * B) -= first##W##_##FORMAT(sum, B);                                \
      }                                                                                                 \
    }                                                                                                   \
    for (int j = p->cols - 1; j >= 0; j--) {                                                            \
      T* wj = w + (size_t)j * B;                                                                        \
      V sum = {0};                                                                                      \
      for (int e = p->ptr[j] + 1; e < p->ptr[j + 1]; e++)                                               \
        sum = add##W##_##FORMAT(sum, rows + (size_t)e * B * B, w + (size_t)p->idx[e] * B, B, B);        \
      V rest = *(V*)wj - sum;                                                                           \
      const STORED* diagonal = rows + (size_t)p->ptr[j] * B * B;                                        \
      for (int k = B - 1; k >= 0; k--) {                                                                \
        const V row = load##W##_##FORMAT(diagonal + k * B);                                             \
        wj[k] = rest[k] / row[k];                                                                       \
        rest -= row * wj[k];                                                                            \
      }                                                                                                 \
    }                                                                                                   \
  }

#define KERNELS(FORMAT, STORED, T, V8, V4)                                           \
  LANES(FORMAT, STORED, T, 8, V8)                                                    \
  LANES(FORMAT, STORED, T, 4, V4)                                                    \
  static void multiply_##FORMAT(Contestant* s) {                                     \
    const int r = s->pattern.r, c = s->pattern.c;                                    \
    if (r == 6 && c == 6) multiply8_##FORMAT(s, 6, 6);                               \
    else if (r == 3 && c == 3) multiply4_##FORMAT(s, 3, 3);                          \
    else if (r == 2 && c == 6) multiply4_##FORMAT(s, 2, 6);                          \
    else if (r == 2 && c == 3) multiply4_##FORMAT(s, 2, 3);                          \
  }                                                                                  \
  static void transposed_##FORMAT(Contestant* s) {                                   \
    const int r = s->pattern.r, c = s->pattern.c;                                    \
    if (r == 6 && c == 6) transposed8_##FORMAT(s, 6, 6);                             \
    else if (r == 3 && c == 3) transposed4_##FORMAT(s, 3, 3);                        \
    else if (r == 2 && c == 6) transposed8_##FORMAT(s, 6, 2);                        \
    else if (r == 2 && c == 3) transposed4_##FORMAT(s, 3, 2);                        \
  }                                                                                  \
  static void solve_##FORMAT(Contestant* s) {                                        \
    if (s->pattern.r == 6) solve8_##FORMAT(s, 6);                                    \
    else if (s->pattern.r == 3) solve4_##FORMAT(s, 3);                               \
  }

KERNELS(fp64, double, double, double8, double4)
KERNELS(fp32, float, float, float8, float4)
KERNELS(fp16, uint16_t, float, float8, float4)
KERNELS(bf16, uint16_t, float, float8, float4)

#define VECTORS(FORMAT, T)                                         \
  static void dot_##FORMAT(Contestant* s) {                        \
    const T *x = s->x, *y = s->y;                                  \
    T sum = 0;                                                     \
    for (size_t i = 0; i < s->n; i++) sum += x[i] * y[i];          \
    result = sum;                                                  \
  }                                                                \
  static void axpy_##FORMAT(Contestant* s) {                       \
    const T* x = s->x;                                             \
    T* y = s->y;                                                   \
    for (size_t i = 0; i < s->n; i++) y[i] += (T)0.0625 * x[i];    \
  }

VECTORS(fp64, double)
VECTORS(fp32, float)

static void triad(Contestant* s) {
  float* restrict a = s->z;
  const float *restrict b = s->x, *restrict c = s->y;
  for (size_t i = 0; i < s->n; i++) a[i] = b[i] + 3 * c[i];
}

static const char* formats[] = {"fp64", "fp32", "fp16", "bf16"};
static void (*const multiplies[])(Contestant*) = {multiply_fp64, multiply_fp32, multiply_fp16, multiply_bf16};
static void (*const transposeds[])(Contestant*) = {transposed_fp64, transposed_fp32, transposed_fp16, transposed_bf16};
static void (*const solvers[])(Contestant*) = {solve_fp64, solve_fp32, solve_fp16, solve_bf16};

static int format_of(const char* name) {
  for (int f = 0; f < 4; f++) if (strcmp(name, formats[f]) == 0) return f;
  exit(2);
}

static Contestant* add(const char* kernel, const char* format, void (*run)(Contestant*), int wide) {
  Contestant* s = &contestants[count++];
  memset(s, 0, sizeof *s);
  snprintf(s->name, sizeof s->name, "%s %s", kernel, format);
  s->run = run;
  s->wide = wide;
  return s;
}

static void* ones(size_t n, int wide) {
  void* x = take(n * (wide ? 8 : 4));
  for (size_t i = 0; i < n; i++) {
    if (wide) ((double*)x)[i] = 1;
    else ((float*)x)[i] = 1;
  }
  return x;
}

static Pattern read_pattern(const char* path) {
  FILE* file = fopen(path, "rb");
  int32_t head[4];
  if (file == NULL || fread(head, 4, 4, file) != 4) exit(3);
  Pattern p = {head[0], head[1], head[2], head[3], NULL, NULL, 0};
  p.ptr = take(4 * ((size_t)p.rows + 1));
  if (fread(p.ptr, 4, p.rows + 1, file) != (size_t)p.rows + 1) exit(3);
  p.blocks = p.ptr[p.rows];
  p.idx = take(4 * p.blocks);
  if (fread(p.idx, 4, p.blocks, file) != p.blocks) exit(3);
  fclose(file);
  return p;
}

// Blocks row-major, or column-major.
static void* pack(const Pattern* p, int format, int columns, double (*value)(const Pattern*, size_t)) {
  const int size = p->r * p->c;
  const size_t n = p->blocks * size;
  void* values = take(n * (format == 0 ? 8 : format == 1 ? 4 : 2));
  for (size_t k = 0; k < n; k++) {
    const int at = k % size;
    const double exact = value(p, columns ? k - at + at % p->r * p->c + at / p->r : k);
    const float x = exact;
    if (format == 0) ((double*)values)[k] = exact;
    else if (format == 1) ((float*)values)[k] = x;
    else ((uint16_t*)values)[k] = format == 2 ? _cvtss_sh(x, 0) : encode_bf16(x);
  }
  return values;
}

static double matrix_value(const Pattern* p, size_t k) { return (void)p, value_at(k); }

// Of L: diagonal blocks, the first of each column, are lower triangles with a large diagonal; the others are small.
static const Pattern* factor;
static uint8_t* diagonal;
static double factor_value(const Pattern* p, size_t k) {
  const int b = p->r, row = k / b % b, column = k % b;
  if (!diagonal[k / (b * b)]) return value_at(k) / 128;
  return row == column ? 2 : row > column ? value_at(k) / 16 : 0;
}

static void add_products(const char* format, const char* path) {
  const int f = format_of(format);
  const Pattern p = read_pattern(path);
  const size_t rows = (size_t)p.rows * p.r, cols = (size_t)p.cols * p.c;
  Contestant* multiply = add("multiply", format, multiplies[f], f == 0);
  Contestant* transposed = add("multiplyTransposed", format, transposeds[f], f == 0);
  multiply->pattern = transposed->pattern = p;
  multiply->values = pack(&p, f, 1, matrix_value);
  transposed->values = pack(&p, f, 0, matrix_value);
  multiply->x = ones(cols, f == 0);
  multiply->y = take(rows * (f == 0 ? 8 : 4));
  multiply->n = rows;
  transposed->x = ones(rows, f == 0);
  transposed->y = take(cols * (f == 0 ? 8 : 4));
  transposed->n = cols;
}

static void add_solves(const char* format, const char* path) {
  const int f = format_of(format);
  Contestant* s = add("solve", format, solvers[f], f == 0);
  s->pattern = read_pattern(path);
  factor = &s->pattern;
  diagonal = take(factor->blocks);
  for (int j = 0; j < factor->cols; j++) diagonal[factor->ptr[j]] = 1;
  s->values = pack(factor, f, 1, factor_value);
  s->transposed = pack(factor, f, 0, factor_value);
  free(diagonal);
  s->n = (size_t)s->pattern.cols * s->pattern.c;
  s->x = ones(s->n, f == 0);
  s->y = take(s->n * (f == 0 ? 8 : 4));
}

static void add_vectors(const char* kernel, const char* format, size_t n) {
  const int wide = format_of(format) == 0, dot = strcmp(kernel, "dot") == 0;
  Contestant* s = add(kernel, format, wide ? (dot ? dot_fp64 : axpy_fp64) : (dot ? dot_fp32 : axpy_fp32), wide);
  s->n = n;
  s->x = ones(n, wide);
  s->y = ones(n, wide);
}

static void add_triad(double megabytes) {
  Contestant* s = add("triad", "fp32", triad, 0);
  s->n = megabytes * 1e6 / 12;
  s->x = ones(s->n, 0);
  s->y = ones(s->n, 0);
  s->z = take(s->n * 4);
}

static void clear(void) {
  for (int k = 0; k < count; k++) {
    Contestant* s = &contestants[k];
    // The two products share a pattern and lie side by side.
    const int shared = k + 1 < count && s->pattern.ptr != NULL && contestants[k + 1].pattern.ptr == s->pattern.ptr;
    if (!shared) free(s->pattern.ptr), free(s->pattern.idx);
    free(s->values), free(s->transposed), free(s->x), free(s->y), free(s->z);
  }
  count = 0;
}

static double sum_of(const Contestant* s) {
  double sum = 0;
  for (size_t i = 0; i < s->n; i++) sum += s->wide ? ((const double*)s->y)[i] : ((const float*)s->y)[i];
  return strncmp(s->name, "dot", 3) == 0 ? result : sum;
}

static double thread_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void time_contestant(const char* name, int repeats) {
  for (int k = 0; k < count; k++) {
    if (strcmp(contestants[k].name, name) != 0) continue;
    const double began = thread_seconds();
    for (int i = 0; i < repeats; i++) contestants[k].run(&contestants[k]);
    const double seconds = thread_seconds() - began;
    printf("%.9f %.17g\n", seconds, sum_of(&contestants[k]));
    return;
  }
  exit(4);
}

int main(void) {
  char line[4096], a[64], b[64], path[2048];
  double number;
  int repeats;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "time %63s %63s %d", a, b, &repeats) == 3) {
      char name[160];
      snprintf(name, sizeof name, "%s %s", a, b);
      time_contestant(name, repeats);
    } else {
      if (sscanf(line, "triad %lf", &number) == 1) add_triad(number);
      else if (sscanf(line, "products %63s %2047s", a, path) == 2) add_products(a, path);
      else if (sscanf(line, "solves %63s %2047s", a, path) == 2) add_solves(a, path);
      else if (sscanf(line, "dot %63s %lf", a, &number) == 2) add_vectors("dot", a, number);
      else if (sscanf(line, "axpy %63s %lf", a, &number) == 2) add_vectors("axpy", a, number);
      else if (strncmp(line, "clear", 5) == 0) clear();
      else exit(5);
      printf("ok\n");
    }
    fflush(stdout);
  }
  return 0;
}
