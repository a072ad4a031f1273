// Solves a problem of "bundle adjustment in the large" with Ceres, as its own example does: automatic derivatives, points eliminated first, one thread.
//
//   ceres-bundle FILE.txt [--solver dense_schur|sparse_schur|iterative_schur|cgnr] [--rep 5] [--ftol 1e-6] [--max 50]
//
// Prints a line {"cameras", "observations", "initial", "optimum", "iterations", "termination", "seconds": [...], "peakBytes"}: the cost is 1/2 sum r^2; seconds are
// those of ceres::Solve, without reading and without building the problem.
#include <ceres/ceres.h>
#include <ceres/rotation.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

// Angle-axis, translation, f, k1, k2; looks down -z.
constexpr int kCamera = 9;

struct Reprojection {
  double u, v;

  template <typename T>
  bool operator()(const T* camera, const T* point, T* residual) const {
    T p[3];
    ceres::AngleAxisRotatePoint(camera, point, p);
    for (int k = 0; k < 3; k++) p[k] += camera[3 + k];
    const T x = -p[0] / p[2], y = -p[1] / p[2], r2 = x * x + y * y;
    const T scale = camera[6] * (1.0 + r2 * (camera[7] + r2 * camera[8]));
    residual[0] = scale * x - u;
    residual[1] = scale * y - v;
    return true;
  }
};

struct Observation {
  int camera, point;
  Reprojection measured;
};

struct Bundle {
  int cameras = 0, points = 0;
  std::vector<Observation> observations;
  // Cameras, then points.
  std::vector<double> x;
};

bool read(const char* path, Bundle& bundle) {
  std::ifstream file(path);
  int observations = 0;
  if (!(file >> bundle.cameras >> bundle.points >> observations)) return false;
  bundle.observations.resize(observations);
  for (Observation& o : bundle.observations) file >> o.camera >> o.point >> o.measured.u >> o.measured.v;
  bundle.x.resize(kCamera * bundle.cameras + 3 * bundle.points);
  for (double& value : bundle.x) file >> value;
  return bool(file);
}

ceres::Solver::Summary solve(Bundle bundle, ceres::Solver::Options options) {
  double* cameras = bundle.x.data();
  double* points = cameras + kCamera * bundle.cameras;
  ceres::Problem problem;
  for (const Observation& o : bundle.observations) {
    auto* cost = new ceres::AutoDiffCostFunction<Reprojection, 2, kCamera, 3>(new Reprojection(o.measured));
    problem.AddResidualBlock(cost, nullptr, cameras + kCamera * o.camera, points + 3 * o.point);
  }
  if (options.linear_solver_type != ceres::CGNR) {
    options.linear_solver_ordering = std::make_shared<ceres::ParameterBlockOrdering>();
    for (int k = 0; k < bundle.points; k++)
      if (problem.HasParameterBlock(points + 3 * k)) options.linear_solver_ordering->AddElementToGroup(points + 3 * k, 0);
    for (int k = 0; k < bundle.cameras; k++)
      if (problem.HasParameterBlock(cameras + kCamera * k)) options.linear_solver_ordering->AddElementToGroup(cameras + kCamera * k, 1);
  }
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return summary;
}

}  // namespace

int main(int count, char** arguments) {
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.sparse_linear_algebra_library_type = ceres::SUITE_SPARSE;
  options.num_threads = 1;
  options.logging_type = ceres::SILENT;
  int repeats = 5;
  for (int k = 2; k + 1 < count; k += 2) {
    const std::string name = arguments[k], value = arguments[k + 1];
    if (name == "--rep") repeats = std::stoi(value);
    else if (name == "--ftol") options.function_tolerance = std::stod(value);
    else if (name == "--max") options.max_num_iterations = std::stoi(value);
    else if (name == "--solver" && value == "sparse_schur") options.linear_solver_type = ceres::SPARSE_SCHUR;
    else if (name == "--solver" && value == "iterative_schur") options.linear_solver_type = ceres::ITERATIVE_SCHUR;
    else if (name == "--solver" && value == "cgnr") options.linear_solver_type = ceres::CGNR;
  }
  if (options.linear_solver_type == ceres::ITERATIVE_SCHUR) options.preconditioner_type = ceres::SCHUR_JACOBI;
  if (options.linear_solver_type == ceres::CGNR) options.preconditioner_type = ceres::JACOBI;
  Bundle bundle;
  if (count < 2 || !read(arguments[1], bundle)) {
    std::fprintf(stderr, "ceres-bundle: no problem in %s\n", count > 1 ? arguments[1] : "no file");
    return 1;
  }
  std::vector<ceres::Solver::Summary> solves;
  for (int k = 0; k < repeats; k++) solves.push_back(solve(bundle, options));
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const ceres::Solver::Summary& last = solves.back();
  std::printf("{\"cameras\": %d, \"observations\": %zu, \"initial\": %.17g, \"optimum\": %.17g, \"iterations\": %zu, \"termination\": \"%s\", \"seconds\": [",
              bundle.cameras, bundle.observations.size(), last.initial_cost, last.final_cost, last.iterations.size() - 1,
              ceres::TerminationTypeToString(last.termination_type));
  for (int k = 0; k < repeats; k++) std::printf("%s%.6f", k > 0 ? ", " : "", solves[k].total_time_in_seconds);
  std::printf("], \"peakBytes\": %ld}\n", usage.ru_maxrss * 1024L);
}
