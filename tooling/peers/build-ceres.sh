#!/bin/sh
# Builds a Ceres yardstick: build-ceres.sh SOURCE PROGRAM. Needs Debian's g++ and libceres-dev. Run the program with OPENBLAS_NUM_THREADS=1.
# OpenBLAS, where there is one (BLAS_DIR), comes first: CHOLMOD takes it then, whatever the system's libblas.so.3 is.
# Without EIGEN_MAX_ALIGN_BYTES=16 a wider -march lays out Eigen's types otherwise than Debian's Ceres does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
blas=${BLAS_DIR:-/usr/lib/x86_64-linux-gnu/openblas-pthread}
link=
if [ -e "$blas/libopenblas.so" ]; then link="-L$blas -Wl,-rpath,$blas -Wl,--no-as-needed -lopenblas"; fi
# shellcheck disable=SC2086
g++ -O3 -march=native -DNDEBUG -DEIGEN_MAX_ALIGN_BYTES=16 -std=c++17 -I/usr/include/eigen3 "$here/$1" -o "$2" $link -lceres -lglog
