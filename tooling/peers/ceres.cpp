// Solves a pose graph with Ceres: g2o's cost, analytic Jacobians, sparse Cholesky of the normal equations, one thread.
//
//   ceres FILE.g2o [--radius 1e4] [--rep 5] [--ftol 1e-6]
//
// Prints a line {"poses", "edges", "initial", "optimum", "iterations", "termination", "blas", "seconds": [...], "peakBytes"}: chi2 = sum e'We; seconds are
// those of ceres::Solve, without reading and without building the problem. A radius of 1e16 makes it Gauss-Newton.
#include <ceres/ceres.h>
#include <sys/resource.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

// There where the program is linked with OpenBLAS.
extern "C" const char* openblas_get_config() __attribute__((weak));

namespace {

template <int N>
using Matrix = Eigen::Matrix<double, N, N>;
template <int N>
using Vector = Eigen::Matrix<double, N, 1>;
template <int Rows, int Columns>
using RowMajor = Eigen::Matrix<double, Rows, Columns, Eigen::RowMajor>;
using Eigen::Quaterniond;
using Eigen::Vector3d;

Matrix<3> skew(const Vector3d& v) {
  Matrix<3> m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

// W with W'W the information; where that is not positive definite, its positive part.
template <int N>
Matrix<N> squareRoot(const Matrix<N>& information) {
  Eigen::LLT<Matrix<N>> cholesky(information);
  if (cholesky.info() == Eigen::Success) return cholesky.matrixU();
  Eigen::SelfAdjointEigenSolver<Matrix<N>> eigen(information);
  return eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() * eigen.eigenvectors().transpose();
}

// A pose in the plane is x, y, theta, which Ceres may add to.
// e = [Rz'(Ri'(tj - ti) - tz); wrap(thj - thi - thz)]; Rz' is part of W.
class BetweenSe2 final : public ceres::SizedCostFunction<3, 3, 3> {
 public:
  BetweenSe2(const Vector<3>& measured, const Matrix<3>& information) : z_(measured), W_(squareRoot<3>(information)) {
    W_.leftCols<2>() = (W_.leftCols<2>() * Eigen::Rotation2Dd(-z_[2]).toRotationMatrix()).eval();
  }

  bool Evaluate(const double* const* poses, double* residual, double** jacobians) const override {
    const double *i = poses[0], *j = poses[1];
    const double c = std::cos(i[2]), s = std::sin(i[2]), dx = j[0] - i[0], dy = j[1] - i[1];
    const double x = c * dx + s * dy, y = -s * dx + c * dy, turn = j[2] - i[2] - z_[2];
    const Vector<3> e(x - z_[0], y - z_[1], turn - 2 * M_PI * std::floor((turn + M_PI) / (2 * M_PI)));
    Eigen::Map<Vector<3>>(residual).noalias() = W_ * e;
    if (jacobians == nullptr) return true;
    Matrix<3> J;
    if (jacobians[0] != nullptr) {
      J << -c, -s, y, s, -c, -x, 0, 0, -1;
      Eigen::Map<RowMajor<3, 3>>(jacobians[0]).noalias() = W_ * J;
    }
    if (jacobians[1] != nullptr) {
      J << c, s, 0, -s, c, 0, 0, 0, 1;
      Eigen::Map<RowMajor<3, 3>>(jacobians[1]).noalias() = W_ * J;
    }
    return true;
  }

 private:
  Vector<3> z_;
  Matrix<3> W_;
};

// A pose in space is t, q (x y z w), moved by [dt; dtheta]: t + dt, q Exp(dtheta). Cost functions write their Jacobian by the move into the
// first 6 of the 7 columns, which PlusJacobian then picks.
class Se3Manifold final : public ceres::Manifold {
 public:
  int AmbientSize() const override { return 7; }
  int TangentSize() const override { return 6; }

  bool Plus(const double* pose, const double* move, double* moved) const override {
    for (int k = 0; k < 3; k++) moved[k] = pose[k] + move[k];
    const Eigen::Map<const Vector3d> theta(move + 3);
    const double angle = theta.norm();
    const double scale = angle > 1e-12 ? std::sin(angle / 2) / angle : 0.5;
    const Quaterniond turn(std::cos(angle / 2), scale * theta.x(), scale * theta.y(), scale * theta.z());
    Eigen::Map<Quaterniond>(moved + 3) = (Eigen::Map<const Quaterniond>(pose + 3) * turn).normalized();
    return true;
  }

  bool PlusJacobian(const double*, double* jacobian) const override {
    Eigen::Map<RowMajor<7, 6>> J(jacobian);
    J.setZero();
    J.topRows<6>().setIdentity();
    return true;
  }

  bool Minus(const double*, const double*, double*) const override { return false; }
  bool MinusJacobian(const double*, double*) const override { return false; }
};

// e = [t; vec q] of Z^-1 Xi^-1 Xj, with w >= 0.
class BetweenSe3 final : public ceres::SizedCostFunction<6, 7, 7> {
 public:
  BetweenSe3(const Vector3d& t, const Quaterniond& q, const Matrix<6>& information)
      : t_(t), q_(q), Rt_(q.toRotationMatrix().transpose()), W_(squareRoot<6>(information)) {}

  bool Evaluate(const double* const* poses, double* residual, double** jacobians) const override {
    const Eigen::Map<const Vector3d> ti(poses[0]), tj(poses[1]);
    const Eigen::Map<const Quaterniond> qi(poses[0] + 3), qj(poses[1] + 3);
    const Matrix<3> Rit = qi.toRotationMatrix().transpose();
    const Vector3d v = Rit * (tj - ti);
    Quaterniond q = q_.conjugate() * (qi.conjugate() * qj);
    if (q.w() < 0) q.coeffs() *= -1;
    Vector<6> e;
    e << Rt_ * (v - t_), q.vec();
    Eigen::Map<Vector<6>>(residual).noalias() = W_ * e;
    if (jacobians == nullptr) return true;
    const Matrix<3> A = Rt_ * Rit;
    const Matrix<3> w = q.w() * Matrix<3>::Identity(), x = skew(q.vec());
    Matrix<6> J = Matrix<6>::Zero();
    if (jacobians[0] != nullptr) {
      J.topLeftCorner<3, 3>() = -A;
      J.topRightCorner<3, 3>() = Rt_ * skew(v);
      J.bottomRightCorner<3, 3>() = -0.5 * (w - x) * Rt_;
      write(J, jacobians[0]);
    }
    if (jacobians[1] != nullptr) {
      J.topLeftCorner<3, 3>() = A;
      J.topRightCorner<3, 3>().setZero();
      J.bottomRightCorner<3, 3>() = 0.5 * (w + x);
      write(J, jacobians[1]);
    }
    return true;
  }

 private:
  void write(const Matrix<6>& J, double* jacobian) const {
    Eigen::Map<RowMajor<6, 7>> into(jacobian);
    into.leftCols<6>().noalias() = W_ * J;
    into.col(6).setZero();
  }

  Vector3d t_;
  Quaterniond q_;
  Matrix<3> Rt_;
  Matrix<6> W_;
};

struct Edge {
  long from, to;
  std::vector<double> measured;
  Eigen::MatrixXd information;
};

struct Graph {
  // Numbers of a pose: 3 in the plane, 7 in space.
  int size = 0;
  std::map<long, std::vector<double>> poses;
  std::vector<Edge> edges;
};

std::vector<double> numbers(std::istream& line, int n) {
  std::vector<double> values(n);
  for (double& value : values) line >> value;
  // A file's quaternion has as many digits as its writer liked.
  if (n == 7) Eigen::Map<Eigen::Vector4d>(values.data() + 3).normalize();
  return values;
}

Graph read(const char* path) {
  Graph graph;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string tag;
    line >> tag;
    if (tag.find("_SE2") == std::string::npos && tag.find("_SE3:QUAT") == std::string::npos) continue;
    graph.size = tag.find("_SE2") == std::string::npos ? 7 : 3;
    const int dof = graph.size == 3 ? 3 : 6;
    long id;
    line >> id;
    if (tag[0] == 'V') {
      graph.poses[id] = numbers(line, graph.size);
      continue;
    }
    Edge edge{id, 0, {}, Eigen::MatrixXd(dof, dof)};
    line >> edge.to;
    edge.measured = numbers(line, graph.size);
    for (int row = 0; row < dof; row++) {
      for (int column = row; column < dof; column++) {
        line >> edge.information(row, column);
        edge.information(column, row) = edge.information(row, column);
      }
    }
    graph.edges.push_back(edge);
  }
  return graph;
}

// The first pose is held.
ceres::Solver::Summary solve(Graph graph, const ceres::Solver::Options& options) {
  ceres::Problem problem;
  auto* manifold = new Se3Manifold;
  for (auto& [id, pose] : graph.poses) problem.AddParameterBlock(pose.data(), graph.size, graph.size == 7 ? manifold : nullptr);
  if (graph.size == 3) delete manifold;
  for (const Edge& edge : graph.edges) {
    const double* z = edge.measured.data();
    ceres::CostFunction* between;
    if (graph.size == 3) between = new BetweenSe2(Vector<3>(z), edge.information);
    else between = new BetweenSe3(Vector3d(z), Quaterniond(z + 3), edge.information);
    problem.AddResidualBlock(between, nullptr, graph.poses.at(edge.from).data(), graph.poses.at(edge.to).data());
  }
  problem.SetParameterBlockConstant(graph.poses.begin()->second.data());
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return summary;
}

}  // namespace

int main(int count, char** arguments) {
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::SPARSE_NORMAL_CHOLESKY;
  options.sparse_linear_algebra_library_type = ceres::SUITE_SPARSE;
  options.max_num_iterations = 200;
  options.num_threads = 1;
  options.logging_type = ceres::SILENT;
  int repeats = 5;
  for (int k = 2; k + 1 < count; k += 2) {
    const std::string name = arguments[k];
    if (name == "--radius") options.initial_trust_region_radius = std::stod(arguments[k + 1]);
    else if (name == "--rep") repeats = std::stoi(arguments[k + 1]);
    else if (name == "--ftol") options.function_tolerance = std::stod(arguments[k + 1]);
  }
  const Graph graph = count > 1 ? read(arguments[1]) : Graph();
  if (graph.poses.empty() || graph.edges.empty()) {
    std::fprintf(stderr, "ceres: no pose graph in %s\n", count > 1 ? arguments[1] : "no file");
    return 1;
  }
  std::vector<ceres::Solver::Summary> solves;
  for (int k = 0; k < repeats; k++) solves.push_back(solve(graph, options));
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const ceres::Solver::Summary& last = solves.back();
  std::printf("{\"poses\": %zu, \"edges\": %zu, \"initial\": %.17g, \"optimum\": %.17g, \"iterations\": %zu, \"termination\": \"%s\", \"blas\": \"%s\", \"seconds\": [",
              graph.poses.size(), graph.edges.size(), 2 * last.initial_cost, 2 * last.final_cost, last.iterations.size() - 1,
              ceres::TerminationTypeToString(last.termination_type), openblas_get_config != nullptr ? openblas_get_config() : "the system's");
  for (int k = 0; k < repeats; k++) std::printf("%s%.6f", k > 0 ? ", " : "", solves[k].total_time_in_seconds);
  std::printf("], \"peakBytes\": %ld}\n", usage.ru_maxrss * 1024L);
}
