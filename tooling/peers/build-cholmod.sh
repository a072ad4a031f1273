#!/bin/sh
# Builds the CHOLMOD yardstick: build-cholmod.sh PROGRAM. Needs Debian's g++, libsuitesparse-dev and libopenblas-dev; BLAS_DIR where
# OpenBLAS lies elsewhere. OpenBLAS comes before CHOLMOD, so that its dgemm is taken whatever the system's libblas.so.3 is. Run the
# program with OPENBLAS_NUM_THREADS=1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
blas=${BLAS_DIR:-/usr/lib/x86_64-linux-gnu/openblas-pthread}
g++ -O3 -march=native -std=c++17 -Wall -I/usr/include/suitesparse "$here/cholmod.cpp" -o "$1" \
  -L"$blas" -Wl,-rpath,"$blas" -Wl,--no-as-needed -lopenblas -lcholmod
